package cloud

// Call is an AWS API call as data.
type Call struct {
	Service string // as the SDK's folder is called: "ec2"
	Action  string // "StartInstances"
	Input   any    // its parameters as a map, with the API's own names: {"InstanceIds": ["i-0abc"]}
}
