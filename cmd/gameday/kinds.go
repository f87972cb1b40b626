package main

import (
	"gameday/experiments"
	"gameday/injectors"
	"gameday/injectors/ecsdeploy"
	"gameday/injectors/execfault"
	"gameday/injectors/instancekill"
	"gameday/injectors/loadspike"
	"gameday/injectors/natcutoff"
	"gameday/injectors/taskkill"
	"gameday/injectors/thirdpartyoutage"
	"gameday/probes"
	"gameday/probes/alb5xx"
	"gameday/probes/alblatency"
	"gameday/probes/cloudwatchalarm"
	"gameday/probes/cloudwatchmetric"
	"gameday/probes/ecsdeployment"
	"gameday/probes/ecsservice"
	"gameday/probes/execprobe"
	"gameday/probes/healthytargets"
	"gameday/probes/httpprobe"
	"gameday/probes/loaderrors"
	"gameday/probes/loadlatency"
	"gameday/probes/loadrate"
	"gameday/probes/logcount"
)

// kinds is the list of everything that can go wrong and everything that can be measured. A new kind is a new folder
// and one entry here; all else follows from its contract.
func kinds() experiments.Kinds {
	return experiments.Kinds{
		Injectors: []injectors.Kind{
			instancekill.Kind(),
			taskkill.Kind(),
			natcutoff.Kind(),
			thirdpartyoutage.Kind(),
			ecsdeploy.Kind(),
			loadspike.Kind(),
			execfault.Kind(),
		},
		Probes: []probes.Kind{
			alb5xx.Kind(),
			alblatency.Kind(),
			ecsservice.Kind(),
			ecsdeployment.Kind(),
			healthytargets.Kind(),
			cloudwatchmetric.Kind(),
			cloudwatchalarm.Kind(),
			logcount.Kind(),
			httpprobe.Kind(),
			execprobe.Kind(),
			loaderrors.Kind(),
			loadlatency.Kind(),
			loadrate.Kind(),
		},
	}
}
