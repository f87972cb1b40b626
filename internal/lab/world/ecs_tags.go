package world

// TagECS changes the tags of a cluster, a service or a container instance by its ARN. Code: InvalidParameterException.
func (w *World) TagECS(arn string, change func(tags map[string]string)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	tags := w.ecsTags(arn)
	if tags == nil {
		return refuse("InvalidParameterException", "The specified resource does not exist. Specify a valid resource ARN and try again.")
	}
	if *tags == nil {
		*tags = map[string]string{}
	}
	change(*tags)
	return nil
}

func (w *World) ecsTags(arn string) *map[string]string {
	for _, c := range w.clusters {
		if c.ARN == arn {
			return &c.Tags
		}
	}
	for _, s := range w.services {
		if s.ARN == arn {
			return &s.Tags
		}
	}
	for _, h := range w.hosts {
		if h.ARN == arn && h.Status != "INACTIVE" {
			return &h.Tags
		}
	}
	return nil
}
