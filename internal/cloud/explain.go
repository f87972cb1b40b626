package cloud

import (
	"context"
	"errors"
	"net"
	"regexp"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// Explain says what a person can do about the failure of an AWS call: which IAM action to allow, where credentials come
// from, what is wrong with region or network. It returns "" where it has nothing to add, and for all errors that are not
// the failure of an AWS call.
func Explain(err error) string {
	f, ok := dissect(err)
	if !ok {
		return ""
	}
	for _, c := range clues {
		if c.fits(f) {
			return c.advice(f)
		}
	}
	return ""
}

// failure is what is known of an AWS call that failed.
type failure struct {
	err     error
	action  string // the IAM action that the call needs, "ecs:StopTask"
	code    string // AWS's, "" where AWS did not answer
	message string
}

// clue is a kind of failure that there is advice for.
type clue struct {
	fits   func(failure) bool
	advice func(failure) string
}

// clues are tried in this order. An answer of AWS comes first: it is the reason even where it was asked for credentials.
var clues = []clue{
	{codes(expired...), always(
		"the credentials have expired: log in again (aws sso login, or whatever gave them to you) and repeat the command")},
	{clockIsWrong, always(
		"AWS refuses requests whose signature is too old or too new: set this machine's clock")},
	{codes("InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException"), always(
		"AWS does not know these credentials: check AWS_ACCESS_KEY_ID and AWS_PROFILE, and that the region is enabled in the account")},
	{codes("OptInRequired"), always(
		"the account has not enabled this service or region: enable it, or choose another region with AWS_REGION")},
	{codes("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "AuthorizationError", "NotAuthorized"), denied},
	{throttled, func(f failure) string {
		return "AWS throttles " + f.action + " for the whole account: somebody else calls it too; try again in a minute"
	}},
	{ssoIsOver, always(
		"the single sign-on session is over: run aws sso login and repeat the command")},
	{noCredentials, always(
		"no AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use --lab, which needs none")},
	{unknownHost, always(
		"the name of the endpoint does not exist: check AWS_REGION and AWS_ENDPOINT_URL for mistakes, and this machine's DNS")},
	{refused, always(
		"nothing listens at the endpoint: check AWS_ENDPOINT_URL; if it is a lab's, see that gameday lab still runs")},
	{timedOut, always(
		"AWS did not answer in time: check the network, the proxy settings and AWS_REGION")},
}

// services names those whose IAM prefix is not their name in small letters.
var services = map[string]string{"Elastic Load Balancing v2": "elasticloadbalancing", "CloudWatch Logs": "logs"}

// dissect finds the innermost AWS call that failed, and AWS's answer to it.
func dissect(err error) (failure, bool) {
	f := failure{err: err}
	var call *smithy.OperationError
	for inner := err; errors.As(inner, &call); inner = call.Err {
		f.action = iamName(call.ServiceID, call.OperationName)
	}
	var answer smithy.APIError
	if errors.As(err, &answer) {
		f.code, f.message = answer.ErrorCode(), answer.ErrorMessage()
	}
	return f, call != nil
}

// iamName is a call as IAM policies name it: "ecs:StopTask".
func iamName(service, operation string) string {
	prefix, named := services[service]
	if !named {
		prefix = strings.ToLower(strings.ReplaceAll(service, " ", ""))
	}
	return prefix + ":" + operation
}

func always(advice string) func(failure) string {
	return func(failure) string { return advice }
}

func codes(known ...string) func(failure) bool {
	return func(f failure) bool {
		for _, code := range known {
			if f.code == code {
				return true
			}
		}
		return false
	}
}

var performs = regexp.MustCompile(`not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)`)

// denied names the action in AWS's own words where there are any, for one call may need several.
func denied(f failure) string {
	action := f.action
	if found := performs.FindStringSubmatch(f.message); found != nil {
		action = found[1]
	}
	if _, policy, explicit := strings.Cut(f.message, "with an explicit deny in "); explicit {
		policy, _, _ = strings.Cut(policy, ":")
		return "the IAM action " + action + " is denied by " + policy + ", which no other policy can override"
	}
	return "AWS denied it: allow the IAM action " + action + " to these credentials (gameday kinds KIND lists all that a kind needs)"
}

func clockIsWrong(f failure) bool {
	return f.code == "RequestTimeTooSkewed" || f.code == "RequestExpired" ||
		strings.Contains(f.message, "Signature expired") || strings.Contains(f.message, "Signature not yet current")
}

func throttled(f failure) bool {
	_, known := retry.DefaultThrottleErrorCodes[f.code]
	return known
}

func ssoIsOver(f failure) bool {
	return gettingCredentials(f) && strings.Contains(strings.ToLower(f.err.Error()), "sso")
}

func noCredentials(f failure) bool { return gettingCredentials(f) && f.code == "" }

func gettingCredentials(f failure) bool { return strings.Contains(f.err.Error(), "get credentials: ") }

func unknownHost(f failure) bool {
	var dns *net.DNSError
	return errors.As(f.err, &dns) && dns.IsNotFound
}

func refused(f failure) bool { return errors.Is(f.err, syscall.ECONNREFUSED) }

func timedOut(f failure) bool {
	var timeout net.Error
	return errors.Is(f.err, context.DeadlineExceeded) || errors.As(f.err, &timeout) && timeout.Timeout()
}
