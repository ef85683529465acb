// Tests of a small client against injected faults: go test
package example

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// A starter starts VMs. It survives lost connections, sessions that end, and a host without memory for a moment.
type starter struct {
	xapi    *Simulator
	session string
}

func (s *starter) start(vm string) (string, error) {
	for left := 3; ; left-- {
		err := s.xapi.Call(nil, "VM.start", s.session, vm, false, false)
		if err == nil {
			return "started", nil
		}
		var failure *Error
		if !errors.As(err, &failure) {
			// The answer is lost, and perhaps the request too.
			failure = &Error{}
		}
		if failure.Code == "VM_BAD_POWER_STATE" && strings.EqualFold(failure.Params[2], "running") {
			return "runs already", nil
		}
		if left == 0 {
			return "", err
		}
		switch failure.Code {
		case "":
		case "SESSION_INVALID":
			if s.session, err = s.xapi.Login(); err != nil {
				return "", err
			}
		case "HOST_NOT_ENOUGH_FREE_MEMORY":
			time.Sleep(50 * time.Millisecond)
		default:
			return "", err
		}
	}
}

func TestFaults(t *testing.T) {
	simulator := Start(t, "laptop")
	tests := []struct {
		name, outcome, code string
		prepare             func() error
	}{
		{"a lost answer", "runs already", "", func() error {
			return simulator.Fault(Order{"api": "VM.start", "fault": "drop-after"})
		}},
		{"lost requests", "started", "", func() error {
			return simulator.Fault(Order{"api": "VM.start", "fault": "drop-before", "times": 2})
		}},
		{"a session that ends", "started", "", simulator.EndSessions},
		{"no memory for a moment", "started", "", func() error {
			return simulator.Fault(Order{"operation": "create", "fault": "fail", "error": "NOMEM", "times": 2})
		}},
		{"no memory at all", "", "HOST_NOT_ENOUGH_FREE_MEMORY", func() error {
			return simulator.Fault(Order{"operation": "create", "fault": "fail", "error": "NOMEM", "times": "always"})
		}},
		{"an error of the API", "", "HOST_IS_SLAVE", func() error {
			return simulator.Fault(Order{"api": "VM.start", "fault": "error", "error": []string{"HOST_IS_SLAVE", "10.0.0.1"}})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			check(t, simulator.Reset())
			session, err := simulator.Login()
			check(t, err)
			var vms []string
			check(t, simulator.Call(&vms, "VM.get_by_name_label", session, "build"))
			check(t, test.prepare())
			outcome, err := (&starter{simulator, session}).start(vms[0])
			var failure *Error
			code := ""
			if errors.As(err, &failure) {
				code = failure.Code
			} else {
				check(t, err)
			}
			if outcome != test.outcome || code != test.code {
				t.Errorf("got %q and the error %q, expected %q and %q", outcome, code, test.outcome, test.code)
			}
		})
	}
}
