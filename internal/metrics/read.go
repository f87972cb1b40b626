// Package metrics reads CloudWatch, a window of whole periods at a time.
//
//	      from                          to         now
//	       │                            │           │
//	──┬────┴──┬───────┬───────┬───────┬─┴─────┬─────┴─┬──
//	  │ final │ final │ final │ final │settles│ fills │
//	──┴───────┴───────┴───────┴───────┴───────┴───────┴──
//
// CloudWatch publishes nothing where nothing happened, and publishes late what did: a period without a point is
// therefore unknown, and never zero. Whoever knows better says so where it knows it.
package metrics

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"gameday/internal/cloud"
)

// Permission is the IAM action that Read needs.
const Permission = "cloudwatch:GetMetricData"

// Query names one statistic of one metric.
type Query struct {
	Namespace  string
	Name       string
	Dimensions map[string]string
	Statistic  string // Sum, Average, Minimum, Maximum, SampleCount, or a percentile like p99.9
}

// Points are the values of one statistic, by the beginning of their period, in UTC.
type Points map[time.Time]float64

// Read answers all queries with one call, as long as the answer fits one. Points come in the order of the queries.
// An answer that is incomplete is an error, because what it lacks would look like silence.
func Read(ctx context.Context, env *cloud.Env, w Window, queries ...Query) ([]Points, error) {
	points := make([]Points, len(queries))
	for i := range points {
		points[i] = Points{}
	}
	if w.Empty() {
		return points, nil
	}
	asked := wire(queries, w.Period)
	incomplete := map[int]types.MetricDataResult{}
	pages := cloudwatch.NewGetMetricDataPaginator(cloudwatch.NewFromConfig(env.AWS), &cloudwatch.GetMetricDataInput{
		StartTime:         aws.Time(w.From),
		EndTime:           aws.Time(w.To),
		MetricDataQueries: asked,
		ScanBy:            types.ScanByTimestampAscending,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read metric %s: %w", queries[0].Name, err)
		}
		for _, result := range page.MetricDataResults {
			i := slices.IndexFunc(asked, func(q types.MetricDataQuery) bool { return aws.ToString(q.Id) == aws.ToString(result.Id) })
			if i < 0 {
				return nil, fmt.Errorf("read metrics: the answer speaks of %q, which nobody asked for", aws.ToString(result.Id))
			}
			points[i].add(w, result)
			if result.StatusCode == types.StatusCodeComplete {
				delete(incomplete, i)
			} else {
				incomplete[i] = result
			}
		}
	}
	for i, result := range incomplete {
		return nil, fmt.Errorf("read metric %s: the answer is %s%s", queries[i].Name, result.StatusCode, said(result.Messages))
	}
	return points, nil
}

// add takes the points within w over. CloudWatch rounds the beginning of what it is asked for down to the minute, so that
// there may be points before w.
func (p Points) add(w Window, result types.MetricDataResult) {
	for i, at := range result.Timestamps {
		at = at.UTC()
		if !at.Before(w.From) && at.Before(w.To) {
			p[align(at, w.Period)] = result.Values[i]
		}
	}
}

func wire(queries []Query, period time.Duration) []types.MetricDataQuery {
	out := make([]types.MetricDataQuery, len(queries))
	for i, q := range queries {
		metric := &types.Metric{Namespace: aws.String(q.Namespace), MetricName: aws.String(q.Name)}
		for name, value := range q.Dimensions {
			metric.Dimensions = append(metric.Dimensions, types.Dimension{Name: aws.String(name), Value: aws.String(value)})
		}
		out[i] = types.MetricDataQuery{
			Id: aws.String("m" + strconv.Itoa(i)),
			MetricStat: &types.MetricStat{
				Metric: metric,
				Period: aws.Int32(int32(period / time.Second)),
				Stat:   aws.String(q.Statistic),
			},
		}
	}
	return out
}

func said(messages []types.MessageData) string {
	text := ""
	for _, m := range messages {
		text += ": " + aws.ToString(m.Value)
	}
	return text
}
