package services

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"gameday/internal/lab/metrics"
	"gameday/internal/lab/wire/protocol"
	"gameday/internal/lab/world"
)

// cloudWatch is CloudWatch: metrics and alarms.
type cloudWatch struct {
	world *world.World
	store *metrics.Store
}

// newCloudWatch answers in CBOR, JSON and the old query protocol: which one a client speaks depends on its age.
func newCloudWatch(w *world.World, store *metrics.Store) *Service {
	s := cloudWatch{w, store}
	return (&Service{
		Name:    "cloudwatch",
		Version: "2010-08-01",
		Query:   protocol.AWSQuery{Namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/"},
		JSON10:  protocol.NewAWSJSON10(schemas.GraniteServiceVersion20100801),
		CBOR:    protocol.NewCBOR(schemas.GraniteServiceVersion20100801),
		Shape:   "GraniteServiceVersion20100801",
	}).with(
		read(s.getMetricData),
		read(s.getMetricStatistics),
		read(s.listMetrics),
		write(s.putMetricData),
		read(s.describeAlarms),
		write(s.putMetricAlarm, func(in *cloudwatch.PutMetricAlarmInput) string { return s.alarmARN(in.AlarmName) }),
		write(s.deleteAlarms),
		write(s.setAlarmState, func(in *cloudwatch.SetAlarmStateInput) string { return s.alarmARN(in.AlarmName) }),
	)
}

func (s cloudWatch) alarmARN(name *string) string {
	account := s.world.Account()
	return "arn:aws:cloudwatch:" + account.Region + ":" + account.ID + ":alarm:" + aws.ToString(name)
}

// cwFault is a fault by its old code. The newer protocols know it by another name.
func cwFault(code, format string, args ...any) *protocol.Fault {
	f := protocol.Faultf(code, format, args...)
	f.Shape = map[string]string{
		"InvalidFormat":               "InvalidFormatFault",
		"InvalidParameterCombination": "InvalidParameterCombinationException",
		"InvalidParameterValue":       "InvalidParameterValueException",
		"MissingParameter":            "MissingRequiredParameterException",
		"ValidationError":             "ValidationException",
	}[code]
	return f
}

func cwPage(token *string, size *int32, usual, most int32) paging {
	return paging{token: token, size: size, usual: usual, least: 1, most: most, fault: func(problem string) error {
		if problem == "token" {
			return cwFault("InvalidNextToken", "The next token is not valid.")
		}
		return cwFault("InvalidParameterValue", "The value for parameter MaxRecords must be between 1 and %d.", most)
	}}
}

// metricID is a metric as the store names it.
func metricID(namespace, name *string, dimensions []cwtypes.Dimension) metrics.ID {
	id := metrics.ID{Namespace: aws.ToString(namespace), Name: aws.ToString(name)}
	for _, d := range dimensions {
		id.Dimensions = append(id.Dimensions, metrics.Dimension{Name: aws.ToString(d.Name), Value: aws.ToString(d.Value)})
	}
	return id
}

func cwDimensions(id metrics.ID) []cwtypes.Dimension {
	list := make([]cwtypes.Dimension, 0, len(id.Dimensions))
	for _, d := range id.Dimensions {
		list = append(list, cwtypes.Dimension{Name: aws.String(d.Name), Value: aws.String(d.Value)})
	}
	return list
}

// cwPeriod checks a period: 1, 5, 10, 20 or 30 seconds, or whole minutes.
func cwPeriod(seconds *int32) (time.Duration, error) {
	n := aws.ToInt32(seconds)
	switch {
	case n == 1, n == 5, n == 10, n == 20, n == 30, n > 0 && n%60 == 0:
		return time.Duration(n) * time.Second, nil
	default:
		return 0, cwFault("InvalidParameterValue", "The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60.")
	}
}

// cwWindow checks the window of a query.
func cwWindow(start, end *time.Time) error {
	switch {
	case start == nil || end == nil:
		return cwFault("MissingParameter", "The parameters StartTime and EndTime are required.")
	case !start.Before(*end):
		return cwFault("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
	}
	return nil
}
