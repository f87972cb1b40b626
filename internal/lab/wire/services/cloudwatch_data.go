package services

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"gameday/internal/lab/metrics"
)

const (
	mostQueries    = 500     // of one GetMetricData
	mostDatapoints = 100_800 // of one page of its answer
)

var queryID = regexp.MustCompile(`^[a-z][a-zA-Z0-9_]*$`)

// getMetricData answers statistics of metrics. Metric math is refused.
func (s cloudWatch) getMetricData(in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
	if err := checkQueries(in); err != nil {
		return nil, err
	}
	room := mostDatapoints
	if in.MaxDatapoints != nil {
		room = int(*in.MaxDatapoints)
	}
	if room < 1 || room > mostDatapoints {
		return nil, cwFault("InvalidParameterValue", "MaxDatapoints must be between 1 and %d.", mostDatapoints)
	}
	first, from, err := readMark(in)
	if err != nil {
		return nil, err
	}
	out := &cloudwatch.GetMetricDataOutput{MetricDataResults: []cwtypes.MetricDataResult{}, Messages: []cwtypes.MessageData{}}
	for i := first; i < len(in.MetricDataQueries) && out.NextToken == nil; i++ {
		q := in.MetricDataQueries[i]
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		points, err := s.points(in, q.MetricStat)
		if err != nil {
			return nil, err
		}
		if i == first && !from.IsZero() {
			points = slices.DeleteFunc(points, func(p metrics.Point) bool { return isBefore(in, p.At, from) })
		}
		result := cwtypes.MetricDataResult{
			Id: q.Id, Label: label(q), StatusCode: cwtypes.StatusCodeComplete,
			Timestamps: []time.Time{}, Values: []float64{}, Messages: []cwtypes.MessageData{},
		}
		if len(points) > room {
			result.StatusCode = cwtypes.StatusCodePartialData
			out.NextToken = aws.String(writeMark(i, points[room].At))
			points = points[:room]
		}
		room -= len(points)
		for _, p := range points {
			result.Timestamps, result.Values = append(result.Timestamps, p.At), append(result.Values, p.Value)
		}
		out.MetricDataResults = append(out.MetricDataResults, result)
	}
	return out, nil
}

func checkQueries(in *cloudwatch.GetMetricDataInput) error {
	if err := cwWindow(in.StartTime, in.EndTime); err != nil {
		return err
	}
	if n := len(in.MetricDataQueries); n < 1 || n > mostQueries {
		return cwFault("ValidationError", "The collection MetricDataQueries must have a size between 1 and %d.", mostQueries)
	}
	seen := map[string]bool{}
	for _, q := range in.MetricDataQueries {
		id := aws.ToString(q.Id)
		switch {
		case !queryID.MatchString(id):
			return cwFault("ValidationError", "The value '%s' for parameter Id is not matching the expected pattern %s.", id, queryID)
		case seen[id]:
			return cwFault("ValidationError", "The values for parameter Id in MetricDataQueries are not unique.")
		case q.MetricStat != nil && q.Expression != nil:
			return cwFault("ValidationError", "Only one of MetricStat and Expression may be given for '%s'.", id)
		case q.Expression != nil:
			return cwFault("ValidationError", "The lab does not simulate metric math: '%s' has an Expression.", id)
		case q.MetricStat == nil || q.MetricStat.Metric == nil:
			return cwFault("ValidationError", "'%s' needs a MetricStat with a Metric.", id)
		}
		seen[id] = true
	}
	return nil
}

// points are in the order that the caller wants, the newest first unless told otherwise.
func (s cloudWatch) points(in *cloudwatch.GetMetricDataInput, m *cwtypes.MetricStat) ([]metrics.Point, error) {
	period, err := cwPeriod(m.Period)
	if err != nil {
		return nil, err
	}
	statistic, err := metrics.ParseStatistic(aws.ToString(m.Stat))
	if err != nil {
		return nil, cwFault("ValidationError", "The value %s for parameter Stat is not supported.", aws.ToString(m.Stat))
	}
	id := metricID(m.Metric.Namespace, m.Metric.MetricName, m.Metric.Dimensions)
	if m.Unit != "" && string(m.Unit) != s.store.Unit(id) {
		return nil, nil
	}
	points := s.store.Query(id, statistic, period, *in.StartTime, *in.EndTime)
	if in.ScanBy != cwtypes.ScanByTimestampAscending {
		slices.Reverse(points)
	}
	return points, nil
}

func label(q cwtypes.MetricDataQuery) *string {
	if q.Label != nil {
		return q.Label
	}
	return q.MetricStat.Metric.MetricName
}

// isBefore says whether a comes before b in the order of the answer.
func isBefore(in *cloudwatch.GetMetricDataInput, a, b time.Time) bool {
	if in.ScanBy == cwtypes.ScanByTimestampAscending {
		return a.Before(b)
	}
	return a.After(b)
}

// writeMark makes the token of the page that begins with the point at t of query i.
func writeMark(i int, t time.Time) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %s", i, t.UTC().Format(time.RFC3339Nano)))
}

// readMark is where the page that is asked for begins: at the first point of the first query without a token.
func readMark(in *cloudwatch.GetMetricDataInput) (i int, t time.Time, err error) {
	if aws.ToString(in.NextToken) == "" {
		return 0, time.Time{}, nil
	}
	bad := cwFault("InvalidNextToken", "The next token is not valid.")
	text, err := base64.RawURLEncoding.DecodeString(*in.NextToken)
	if err != nil {
		return 0, time.Time{}, bad
	}
	index, moment, _ := strings.Cut(string(text), " ")
	if _, err := fmt.Sscan(index, &i); err != nil || i < 0 || i >= len(in.MetricDataQueries) {
		return 0, time.Time{}, bad
	}
	if t, err = time.Parse(time.RFC3339Nano, moment); err != nil {
		return 0, time.Time{}, bad
	}
	return i, t, nil
}

// mostStatistics bounds the points of one GetMetricStatistics.
const mostStatistics = 1440

func (s cloudWatch) getMetricStatistics(in *cloudwatch.GetMetricStatisticsInput) (*cloudwatch.GetMetricStatisticsOutput, error) {
	if err := cwWindow(in.StartTime, in.EndTime); err != nil {
		return nil, err
	}
	period, err := cwPeriod(in.Period)
	if err != nil {
		return nil, err
	}
	if n := in.EndTime.Sub(*in.StartTime) / period; n > mostStatistics {
		return nil, cwFault("InvalidParameterCombination",
			"You have requested up to %d datapoints, which exceeds the limit of %d. You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, mostStatistics)
	}
	if len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0 {
		return nil, cwFault("MissingParameter", "The parameter Statistics or ExtendedStatistics is required.")
	}
	id := metricID(in.Namespace, in.MetricName, in.Dimensions)
	unit := s.store.Unit(id)
	out := &cloudwatch.GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []cwtypes.Datapoint{}}
	if in.Unit != "" && string(in.Unit) != unit {
		return out, nil
	}
	byTime := map[time.Time]*cwtypes.Datapoint{}
	for _, name := range append(statisticNames(in.Statistics), in.ExtendedStatistics...) {
		statistic, err := metrics.ParseStatistic(name)
		if err != nil {
			return nil, cwFault("InvalidParameterValue", "The value %s for parameter Statistics is not supported.", name)
		}
		for _, p := range s.store.Query(id, statistic, period, *in.StartTime, *in.EndTime) {
			if byTime[p.At] == nil {
				byTime[p.At] = &cwtypes.Datapoint{Timestamp: aws.Time(p.At), Unit: cwtypes.StandardUnit(unit)}
			}
			setStatistic(byTime[p.At], name, p.Value)
		}
	}
	for _, point := range byTime {
		out.Datapoints = append(out.Datapoints, *point)
	}
	slices.SortFunc(out.Datapoints, func(a, b cwtypes.Datapoint) int { return a.Timestamp.Compare(*b.Timestamp) })
	return out, nil
}

func statisticNames(list []cwtypes.Statistic) []string {
	names := make([]string, 0, len(list))
	for _, s := range list {
		names = append(names, string(s))
	}
	return names
}

func setStatistic(d *cwtypes.Datapoint, name string, v float64) {
	switch name {
	case "Average":
		d.Average = &v
	case "Maximum":
		d.Maximum = &v
	case "Minimum":
		d.Minimum = &v
	case "SampleCount":
		d.SampleCount = &v
	case "Sum":
		d.Sum = &v
	default:
		if d.ExtendedStatistics == nil {
			d.ExtendedStatistics = map[string]float64{}
		}
		d.ExtendedStatistics[name] = v
	}
}

func (s cloudWatch) listMetrics(in *cloudwatch.ListMetricsInput) (*cloudwatch.ListMetricsOutput, error) {
	var wanted []metrics.Dimension
	for _, d := range in.Dimensions {
		wanted = append(wanted, metrics.Dimension{Name: aws.ToString(d.Name), Value: aws.ToString(d.Value)})
	}
	found := s.store.List(aws.ToString(in.Namespace), aws.ToString(in.MetricName), wanted)
	page, next, err := cut(cwPage(in.NextToken, nil, 500, 500), found, func(id metrics.ID) string { return fmt.Sprint(id) })
	if err != nil {
		return nil, err
	}
	out := &cloudwatch.ListMetricsOutput{NextToken: next, Metrics: []cwtypes.Metric{}}
	for _, id := range page {
		out.Metrics = append(out.Metrics, cwtypes.Metric{
			Namespace: aws.String(id.Namespace), MetricName: aws.String(id.Name), Dimensions: cwDimensions(id),
		})
	}
	return out, nil
}

// putMetricData takes single values, values with counts, and ready statistics.
func (s cloudWatch) putMetricData(in *cloudwatch.PutMetricDataInput) (*cloudwatch.PutMetricDataOutput, error) {
	if strings.HasPrefix(aws.ToString(in.Namespace), "AWS/") {
		return nil, cwFault("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.")
	}
	for _, d := range in.MetricData {
		id := metricID(in.Namespace, d.MetricName, d.Dimensions)
		at := time.Now()
		if d.Timestamp != nil {
			at = *d.Timestamp
		}
		unit := string(d.Unit)
		if unit == "" {
			unit = "None"
		}
		for _, cell := range cells(d) {
			s.store.Put(id, unit, at, cell)
		}
	}
	return &cloudwatch.PutMetricDataOutput{}, nil
}

func cells(d cwtypes.MetricDatum) []metrics.Cell {
	var list []metrics.Cell
	if d.Value != nil {
		list = append(list, metrics.One(*d.Value))
	}
	for i, v := range d.Values {
		n := 1.0
		if i < len(d.Counts) {
			n = d.Counts[i]
		}
		list = append(list, metrics.Cell{
			Count: n, Sum: v * n, Min: v, Max: v, Bars: []metrics.Bar{{Value: float32(v), Count: uint32(n)}},
		})
	}
	if v := d.StatisticValues; v != nil {
		list = append(list, metrics.Cell{
			Count: aws.ToFloat64(v.SampleCount), Sum: aws.ToFloat64(v.Sum), Min: aws.ToFloat64(v.Minimum), Max: aws.ToFloat64(v.Maximum),
		})
	}
	return list
}
