package cloud

import "context"

// Environ returns the variables, as KEY=value, that make a child process see the account, region and endpoint that
// e sees, whichever SDK or CLI it uses. A command that is run in the lab must never reach a real account by accident.
// Where e has no credentials, the child is left with its own.
func (e *Env) Environ(ctx context.Context) []string {
	vars := []string{"GAMEDAY_RUN_ID=" + e.RunID}
	if e.AWS.Region != "" {
		vars = append(vars, "AWS_REGION="+e.AWS.Region, "AWS_DEFAULT_REGION="+e.AWS.Region)
	}
	if e.AWS.BaseEndpoint != nil {
		vars = append(vars, "AWS_ENDPOINT_URL="+*e.AWS.BaseEndpoint)
	}
	if e.AWS.Credentials == nil {
		return vars
	}
	keys, err := e.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return vars
	}
	return append(vars,
		"AWS_ACCESS_KEY_ID="+keys.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+keys.SecretAccessKey,
		"AWS_SESSION_TOKEN="+keys.SessionToken,
	)
}
