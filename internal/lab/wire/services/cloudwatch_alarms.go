package services

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"gameday/internal/lab/metrics"
)

func (s cloudWatch) describeAlarms(in *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
	found := s.store.Alarms()
	if len(in.AlarmTypes) > 0 && !slices.Contains(in.AlarmTypes, cwtypes.AlarmTypeMetricAlarm) {
		found = nil
	}
	found = slices.DeleteFunc(found, func(a metrics.Alarm) bool {
		return len(in.AlarmNames) > 0 && !slices.Contains(in.AlarmNames, a.Name) ||
			!strings.HasPrefix(a.Name, aws.ToString(in.AlarmNamePrefix)) ||
			in.StateValue != "" && a.State != string(in.StateValue)
	})
	page, next, err := cut(cwPage(in.NextToken, in.MaxRecords, 50, 100), found, func(a metrics.Alarm) string { return a.Name })
	if err != nil {
		return nil, err
	}
	out := &cloudwatch.DescribeAlarmsOutput{
		NextToken: next, MetricAlarms: []cwtypes.MetricAlarm{}, CompositeAlarms: []cwtypes.CompositeAlarm{},
	}
	for _, a := range page {
		out.MetricAlarms = append(out.MetricAlarms, cwAlarm(a))
	}
	return out, nil
}

func cwAlarm(a metrics.Alarm) cwtypes.MetricAlarm {
	out := cwtypes.MetricAlarm{
		AlarmName:                          aws.String(a.Name),
		AlarmArn:                           aws.String(a.ARN),
		AlarmDescription:                   optional(a.Description),
		AlarmConfigurationUpdatedTimestamp: moment(a.Configured),
		ActionsEnabled:                     aws.Bool(true),
		Namespace:                          aws.String(a.Metric.Namespace),
		MetricName:                         aws.String(a.Metric.Name),
		Dimensions:                         cwDimensions(a.Metric),
		Period:                             wholeSeconds(a.Period),
		EvaluationPeriods:                  number(a.Periods),
		ComparisonOperator:                 cwtypes.ComparisonOperator(a.Comparison),
		Threshold:                          aws.Float64(a.Threshold),
		TreatMissingData:                   optional(a.MissingData),
		StateValue:                         cwtypes.StateValue(a.State),
		StateReason:                        aws.String(a.Reason),
		StateUpdatedTimestamp:              moment(a.Updated),
		StateTransitionedTimestamp:         moment(a.Updated),
		AlarmActions:                       []string{},
		OKActions:                          []string{},
		InsufficientDataActions:            []string{},
	}
	if a.ToAlarm != 0 {
		out.DatapointsToAlarm = number(a.ToAlarm)
	}
	if statistic := cwtypes.Statistic(a.Statistic); slices.Contains(statistic.Values(), statistic) {
		out.Statistic = statistic
	} else {
		out.ExtendedStatistic = aws.String(a.Statistic)
	}
	return out
}

// putMetricAlarm takes an alarm on one metric. Its actions are kept out: nobody is there to be told.
func (s cloudWatch) putMetricAlarm(in *cloudwatch.PutMetricAlarmInput) (*cloudwatch.PutMetricAlarmOutput, error) {
	if err := only("ValidationError", in, "AlarmName", "AlarmDescription", "Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic",
		"Period", "EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold", "TreatMissingData", "Unit", "ActionsEnabled"); err != nil {
		return nil, err
	}
	period, err := cwPeriod(in.Period)
	if err != nil {
		return nil, err
	}
	missing := aws.ToString(in.TreatMissingData)
	if missing == "" {
		missing = "missing"
	}
	err = s.store.PutAlarm(metrics.Alarm{
		Name:        aws.ToString(in.AlarmName),
		ARN:         s.alarmARN(in.AlarmName),
		Description: aws.ToString(in.AlarmDescription),
		Metric:      metricID(in.Namespace, in.MetricName, in.Dimensions),
		Statistic:   string(in.Statistic) + aws.ToString(in.ExtendedStatistic),
		Period:      period,
		Periods:     int(aws.ToInt32(in.EvaluationPeriods)),
		ToAlarm:     int(aws.ToInt32(in.DatapointsToAlarm)),
		Comparison:  string(in.ComparisonOperator),
		Threshold:   aws.ToFloat64(in.Threshold),
		MissingData: missing,
		Configured:  time.Now(),
	})
	if err != nil {
		return nil, cwFault("ValidationError", "%s", err)
	}
	return &cloudwatch.PutMetricAlarmOutput{}, nil
}

func (s cloudWatch) deleteAlarms(in *cloudwatch.DeleteAlarmsInput) (*cloudwatch.DeleteAlarmsOutput, error) {
	known := s.store.Alarms()
	for _, name := range in.AlarmNames {
		if !slices.ContainsFunc(known, func(a metrics.Alarm) bool { return a.Name == name }) {
			return nil, cwFault("ResourceNotFound", "The alarm %s does not exist.", name)
		}
	}
	for _, name := range in.AlarmNames {
		s.store.DeleteAlarm(name)
	}
	return &cloudwatch.DeleteAlarmsOutput{}, nil
}

func (s cloudWatch) setAlarmState(in *cloudwatch.SetAlarmStateInput) (*cloudwatch.SetAlarmStateOutput, error) {
	if !slices.Contains(in.StateValue.Values(), in.StateValue) {
		return nil, cwFault("ValidationError", "The value '%s' for parameter StateValue is not one of OK, ALARM, INSUFFICIENT_DATA.", in.StateValue)
	}
	if !s.store.SetAlarmState(aws.ToString(in.AlarmName), string(in.StateValue), aws.ToString(in.StateReason)) {
		return nil, cwFault("ResourceNotFound", "Alarm not found.")
	}
	return &cloudwatch.SetAlarmStateOutput{}, nil
}
