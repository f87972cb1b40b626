// Package protocol speaks AWS's wire protocols from the server's side.
//
// A service is written in terms of the SDK's own types: it gets the Input that the client was given and returns
// the Output that the client will return. What lies between is here, one file per protocol:
//
//	 client                               server
//	*ListTasksInput ─ SDK ─► bytes ─ Read ─► *ListTasksInput
//	                                               │ the service
//	*ListTasksOutput ◄─ SDK ─ bytes ◄─ Write ─ *ListTasksOutput
//
// The schema-based protocols (awsJson, rpcv2Cbor) borrow the SDK's codecs and shapes. The older ones (awsQuery,
// ec2Query), and those whose clients carry no shapes yet (restJson1), follow the names of Go's fields, with a table where a
// service departs from them.
//
// The package knows no service, no account, and keeps no state.
package protocol

import (
	"fmt"
	"net/http"
)

// Protocol is one way to put calls on the wire. It is safe for concurrent use.
type Protocol interface {
	// Read fills in, a pointer to an SDK input, from a request's body. Its errors are the client's mistakes.
	Read(body []byte, in any) error

	// Write answers with out, a pointer to an SDK output.
	Write(w http.ResponseWriter, c Call, out any)

	// Fail answers with a fault.
	Fail(w http.ResponseWriter, c Call, f *Fault)

	// Refuse puts a refusal into the words of this protocol. An empty message stands for the usual one.
	Refuse(r Refusal, message string) *Fault
}

// Call names one call in its answer.
type Call struct {
	Action string // "TerminateInstances"
	ID     string // the request id
}

// Fault is a service's own error, as it goes over the wire.
type Fault struct {
	Code    string // "InvalidInstanceID.NotFound"
	Message string
	Status  int    // the HTTP status; 0 stands for 400
	Shape   string // the modelled name of the error where it is not Code
}

// Error is what the SDK would print.
func (f *Fault) Error() string { return f.Code + ": " + f.Message }

// Faultf is a Fault of status 400 with a formatted message.
func Faultf(code, format string, args ...any) *Fault {
	return &Fault{Code: code, Message: fmt.Sprintf(format, args...)}
}

func (f *Fault) status() int {
	if f.Status == 0 {
		return http.StatusBadRequest
	}
	return f.Status
}

// party says who is to blame, in the words of both query protocols.
func (f *Fault) party() string {
	if f.status() >= http.StatusInternalServerError && f.Code != "RequestLimitExceeded" {
		return "Receiver"
	}
	return "Sender"
}

// Refusal is a failure that any call of any service may meet, and that each protocol words in its own way.
type Refusal int

// The refusals.
const (
	Throttled     Refusal = iota + 1 // too many calls; SDKs retry it
	Unavailable                      // the service itself failed; SDKs retry it
	Denied                           // the caller lacks the permission
	Expired                          // the caller's credentials have expired
	Anonymous                        // the request is not signed
	UnknownAction                    // the service has no such call
	Malformed                        // the request cannot be read
	Elsewhere                        // the account has not enabled the region
)

// Error names the refusal; the words on the wire are Protocol.Refuse's.
func (r Refusal) Error() string {
	return [...]string{"", "throttled", "unavailable", "denied", "expired", "anonymous", "unknown action", "malformed", "elsewhere"}[r]
}

// wording is a protocol's fault for each refusal.
type wording map[Refusal]Fault

func (w wording) refuse(r Refusal, message string) *Fault {
	f := w[r]
	if message != "" {
		f.Message = message
	}
	return &f
}
