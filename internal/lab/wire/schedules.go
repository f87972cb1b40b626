package wire

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"time"

	"gameday/internal/lab/wire/services"
	"gameday/internal/lab/world"
)

// errNoAnswer is how a call of the scheduler ends whose fate is to be lost or to hang.
var errNoAnswer = errors.New("no answer")

// invoke makes the call of a schedule, as any other call is made: intercepted, carried out, remembered. It is the call of the role that
// the schedule names, to whom nothing is denied.
func (h *Handler) invoke(i world.Invocation) world.Delivery {
	planned, err := services.Scheduled(h.services, i.Schedule.Target)
	if err != nil {
		return world.Delivery{Err: err} // it was checked when the schedule was made
	}
	account := h.world.Account()
	call := Call{
		N: int(h.count.Add(1)), At: time.Now(), ID: requestID(), Region: account.Region,
		By: fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", account.ID, path.Base(i.Schedule.Target.Role), i.Schedule.Name),

		Service: planned.Service.Name, Action: planned.Operation.Name, Write: planned.Operation.Write,
		Input: planned.Input, DryRun: services.DryRun(planned.Input),
	}
	says := planned.Service.Words()
	_, silence, err := carryOut(says, planned.Operation, &call, (*h.intercept.Load())(call))
	fault := faultOf(says, err)
	delivery := world.Delivery{}
	switch {
	case silence != spoken:
		delivery = world.Delivery{Err: errNoAnswer, Again: true}
	case fault != nil:
		call.Code = fault.Code
		again := fault.Status >= http.StatusInternalServerError || slices.Contains(throttles, fault.Code)
		delivery = world.Delivery{Err: fault, Again: again}
	}
	call.Took, call.Lost = time.Since(call.At), silence != spoken
	h.ledger.add(call)
	return delivery
}

// throttles are the services' codes for calls that came too fast.
var throttles = []string{"RequestLimitExceeded", "Throttling", "ThrottlingException"}
