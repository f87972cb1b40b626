package wire_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwschemas "github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"gameday/internal/lab/wire"
)

// began is long past, so that what is put there is visible at once, and is where longer periods begin, too.
var began = time.Now().Add(-time.Hour).Truncate(10 * time.Minute).UTC()

// filled has a metric of its own with one value a minute, 1 to 10.
func filled(t *testing.T, client *cloudwatch.Client) {
	t.Helper()
	var data []cwtypes.MetricDatum
	for i := range 10 {
		data = append(data, cwtypes.MetricDatum{
			MetricName: aws.String("Latency"), Unit: cwtypes.StandardUnitSeconds, Value: aws.Float64(float64(i + 1)),
			Timestamp: aws.Time(began.Add(time.Duration(i) * time.Minute)), Dimensions: dimensions,
		})
	}
	must(client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Test"), MetricData: data}))(t)
}

var dimensions = []cwtypes.Dimension{{Name: aws.String("LoadBalancer"), Value: aws.String("app/web/1")}}

func query(id, metric, stat string) cwtypes.MetricDataQuery {
	return cwtypes.MetricDataQuery{Id: &id, MetricStat: &cwtypes.MetricStat{
		Metric: &cwtypes.Metric{Namespace: aws.String("Test"), MetricName: &metric, Dimensions: dimensions},
		Period: aws.Int32(60), Stat: &stat,
	}}
}

func TestMetricDataInEveryProtocol(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	for name, speak := range map[string]func(*cloudwatch.Options){
		"CBOR":  func(*cloudwatch.Options) {},
		"JSON":  func(o *cloudwatch.Options) { o.Protocol = awsjson.New10(cwschemas.GraniteServiceVersion20100801) },
		"query": func(o *cloudwatch.Options) { o.Protocol = awsquery.New(cwschemas.GraniteServiceVersion20100801) },
	} {
		t.Run(name, func(t *testing.T) {
			client := cloudwatch.NewFromConfig(cfg, speak)
			filled(t, client)
			in := &cloudwatch.GetMetricDataInput{
				StartTime: aws.Time(began), EndTime: aws.Time(began.Add(10 * time.Minute)), ScanBy: cwtypes.ScanByTimestampAscending,
				MetricDataQueries: []cwtypes.MetricDataQuery{query("max", "Latency", "Maximum"), query("p50", "Latency", "p50"), query("none", "Other", "Sum")},
			}
			out := must(client.GetMetricData(t.Context(), in))(t).MetricDataResults
			if len(out) != 3 || *out[0].Id != "max" || out[0].StatusCode != cwtypes.StatusCodeComplete {
				t.Fatalf("got %+v", out)
			}
			if len(out[0].Values) != 10 || out[0].Values[0] != 1 || out[0].Values[9] != 10 || !out[0].Timestamps[9].Equal(began.Add(9*time.Minute)) {
				t.Errorf("got %+v", out[0])
			}
			if len(out[2].Values) != 0 || out[2].StatusCode != cwtypes.StatusCodeComplete {
				t.Errorf("got %+v", out[2])
			}
			in.MetricDataQueries[0].MetricStat.Period = aws.Int32(7)
			_, err := client.GetMetricData(t.Context(), in)
			var invalid *cwtypes.InvalidParameterValueException
			if !errors.As(err, &invalid) {
				t.Errorf("got %v", err)
			}
			_, err = client.SetAlarmState(t.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("none"), StateValue: "OK", StateReason: aws.String("x")})
			wantCode(t, err, "ResourceNotFound")
		})
	}
}

func TestMetricDataComesInPages(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := cloudwatch.NewFromConfig(cfg)
	filled(t, client)
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(began), EndTime: aws.Time(began.Add(10 * time.Minute)), MaxDatapoints: aws.Int32(3),
		MetricDataQueries: []cwtypes.MetricDataQuery{query("a", "Latency", "Sum"), query("b", "Latency", "SampleCount")},
	}
	values := map[string][]float64{}
	pages := cloudwatch.NewGetMetricDataPaginator(client, in)
	for n := 0; pages.HasMorePages(); n++ {
		got := 0
		for _, r := range must(pages.NextPage(t.Context()))(t).MetricDataResults {
			got += len(r.Values)
			values[*r.Id] = append(values[*r.Id], r.Values...)
		}
		if got > 3 || n > 10 {
			t.Fatalf("page %d has %d values", n, got)
		}
	}
	// Without ScanBy, the newest come first.
	if got := fmt.Sprint(values["a"], values["b"]); got != "[10 9 8 7 6 5 4 3 2 1] [1 1 1 1 1 1 1 1 1 1]" {
		t.Errorf("got %s", got)
	}
}

func TestMetricDataRefuses(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := cloudwatch.NewFromConfig(cfg)
	good := query("a", "Latency", "Sum")
	math := cwtypes.MetricDataQuery{Id: aws.String("m"), Expression: aws.String("a/2")}
	for name, queries := range map[string][]cwtypes.MetricDataQuery{
		"the same id twice": {good, good},
		"a capital id":      {query("A", "Latency", "Sum")},
		"a bad statistic":   {query("a", "Latency", "Median")},
		"metric math":       {good, math},
		"no queries":        {},
	} {
		_, err := client.GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
			StartTime: aws.Time(began), EndTime: aws.Time(began.Add(time.Minute)), MetricDataQueries: queries,
		})
		if err == nil {
			t.Errorf("%s was answered", name)
			continue
		}
		wantCode(t, err, "ValidationError")
	}
	_, err := client.GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(began), EndTime: aws.Time(began), MetricDataQueries: []cwtypes.MetricDataQuery{good},
	})
	wantCode(t, err, "ValidationError")
}

func TestMetricStatistics(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := cloudwatch.NewFromConfig(cfg)
	filled(t, client)
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("Test"), MetricName: aws.String("Latency"), Dimensions: dimensions,
		StartTime: aws.Time(began), EndTime: aws.Time(began.Add(10 * time.Minute)), Period: aws.Int32(300),
		Statistics: []cwtypes.Statistic{"Sum", "Average", "Maximum"}, ExtendedStatistics: []string{"p100"},
	}
	points := must(client.GetMetricStatistics(t.Context(), in))(t).Datapoints
	if len(points) != 2 {
		t.Fatalf("got %+v", points)
	}
	for i, want := range []float64{15, 40} {
		p := points[i]
		if *p.Sum != want || *p.Average != want/5 || *p.Maximum != p.ExtendedStatistics["p100"] || p.Minimum != nil || p.Unit != "Seconds" {
			t.Errorf("got %+v", p)
		}
	}
	in.Period, in.EndTime = aws.Int32(1), aws.Time(began.Add(time.Hour))
	_, err := client.GetMetricStatistics(t.Context(), in)
	wantCode(t, err, "InvalidParameterCombination")
}

func TestMetricsAreListed(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := cloudwatch.NewFromConfig(cfg)
	var data []cwtypes.MetricDatum
	for i := range 600 { // more than fit on a page, and enough for the SDK to compress them
		data = append(data, cwtypes.MetricDatum{MetricName: aws.String(fmt.Sprint("M", i)), Value: aws.Float64(1), Timestamp: &began})
	}
	must(client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Many"), MetricData: data}))(t)
	names := map[string]bool{}
	pages := cloudwatch.NewListMetricsPaginator(client, &cloudwatch.ListMetricsInput{Namespace: aws.String("Many")})
	for pages.HasMorePages() {
		for _, m := range must(pages.NextPage(t.Context()))(t).Metrics {
			names[*m.MetricName] = true
		}
	}
	if len(names) != 600 {
		t.Errorf("got %d", len(names))
	}
	_, err := client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("AWS/EC2"), MetricData: data[:1]})
	wantCode(t, err, "InvalidParameterValue")
}

func TestAlarms(t *testing.T) {
	_, cfg := lab(t, wire.Options{})
	client := cloudwatch.NewFromConfig(cfg)
	find := func(in cloudwatch.DescribeAlarmsInput) []cwtypes.MetricAlarm {
		return must(client.DescribeAlarms(t.Context(), &in))(t).MetricAlarms
	}
	must(client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("many"), Namespace: aws.String("Test"), MetricName: aws.String("Latency"), ExtendedStatistic: aws.String("p99"),
		Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, Threshold: aws.Float64(3),
	}))(t)
	if all := find(cloudwatch.DescribeAlarmsInput{}); len(all) != 2 {
		t.Errorf("got %+v", all)
	}
	many := find(cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String("ma")})
	if len(many) != 1 || *many[0].ExtendedStatistic != "p99" || many[0].Statistic != "" || many[0].StateValue != "INSUFFICIENT_DATA" || *many[0].Threshold != 3 {
		t.Fatalf("got %+v", many)
	}
	must(client.SetAlarmState(t.Context(), &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("many"), StateValue: "ALARM", StateReason: aws.String("gameday")}))(t)
	ringing := find(cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"many"}, StateValue: "ALARM"})
	if len(ringing) != 1 || *ringing[0].StateReason != "gameday" {
		t.Errorf("got %+v", ringing)
	}
	if few := find(cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"few"}}); len(few) != 1 || few[0].Statistic != "Average" {
		t.Errorf("got %+v", few)
	}
	must(client.DeleteAlarms(t.Context(), &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"many"}}))(t)
	if gone := find(cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"many"}}); len(gone) != 0 {
		t.Errorf("got %+v", gone)
	}
}
