// Package example starts jxapi's simulator for tests in Go. It needs nothing but Go's own library, and a jxapid.
//
//	simulator := Start(t, "laptop")
//	session, err := simulator.Login()
//	err = simulator.Fault(Order{"api": "VM.start", "fault": "drop-after"})
//
// The program is jxapid, unless the variable JXAPID of the environment names another one.
package example

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// An Error is a failure that the XenAPI reports.
type Error struct {
	Code   string   `json:"message"`
	Params []string `json:"data"`
}

func (e *Error) Error() string {
	return strings.Join(append([]string{e.Code}, e.Params...), ", ")
}

// An Order is the body of a request below /simulator.
type Order map[string]any

// A Simulator is a jxapid that runs. URL is that of plain HTTP, without a slash at its end.
type Simulator struct {
	URL, Token, Password string
}

// Start starts a jxapid of its own, with these options in addition. It ends with the test.
func Start(t testing.TB, world string, options ...string) *Simulator {
	t.Helper()
	program := os.Getenv("JXAPID")
	if program == "" {
		program = "jxapid"
	}
	folder, err := os.MkdirTemp("", "xenapi")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	data := filepath.Join(folder, "data")
	arguments := []string{
		"--hypervisor", "simulator", "--data-dir", data,
		"--http", "127.0.0.1:0", "--https", "off", "--nbd", "off",
		"--unix-socket", filepath.Join(folder, "socket"), "--simulator-delays", "off",
	}
	if world != "" {
		arguments = append(arguments, "--simulator-world", world)
	}
	var log bytes.Buffer
	jxapid := exec.Command(program, append(arguments, options...)...)
	jxapid.Stderr = &log
	output, err := jxapid.StdoutPipe()
	check(t, err)
	check(t, jxapid.Start())
	t.Cleanup(func() {
		jxapid.Process.Signal(syscall.SIGTERM)
		jxapid.Wait()
	})
	ready, _ := bufio.NewReader(output).ReadString('\n')
	if !strings.Contains(ready, " ready: ") {
		jxapid.Wait()
		t.Fatal("jxapid did not start: ", log.String())
	}
	simulator := &Simulator{Token: secret(t, data, "simulator-token"), Password: secret(t, data, "root-password")}
	for _, word := range strings.Fields(ready) {
		if strings.HasPrefix(word, "http://") {
			simulator.URL = word
		}
	}
	return simulator
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func secret(t testing.TB, data, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, name))
	check(t, err)
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// Send sends a request below /simulator.
func (s *Simulator) Send(method, path string, order Order) error {
	body, err := json.Marshal(order)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(method, s.URL+"/simulator"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s %s", method, path, answer.Status, text)
	}
	return err
}

// Fault makes operations or calls fail from now on.
func (s *Simulator) Fault(fault Order) error {
	return s.Send("POST", "/faults", fault)
}

// Order orders something from the simulated world.
func (s *Simulator) Order(order Order) error {
	return s.Send("POST", "/orders", order)
}

// EndSessions ends all sessions.
func (s *Simulator) EndSessions() error {
	return s.Send("POST", "/sessions/end", nil)
}

// Reset brings the world back to its start.
func (s *Simulator) Reset() error {
	return s.Send("POST", "/reset", Order{})
}

// Call calls a message of the XenAPI and stores its result, unless that is nil. It returns an *Error, or another error
// when there is no answer.
func (s *Simulator) Call(result any, method string, params ...any) error {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	answer, err := http.Post(s.URL+"/jsonrpc", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var outcome struct {
		Result json.RawMessage
		Error  *Error
	}
	if err := json.NewDecoder(answer.Body).Decode(&outcome); err != nil {
		return err
	}
	if outcome.Error != nil {
		return outcome.Error
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(outcome.Result, result)
}

// Login returns the reference of a new session.
func (s *Simulator) Login() (session string, err error) {
	err = s.Call(&session, "session.login_with_password", "root", s.Password, "1.0", "example")
	return session, err
}
