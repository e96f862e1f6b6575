package db

import "fmt"

// Code says what went wrong, for a program.
type Code string

// The codes of an Error.
const (
	Invalid        Code = "BAD_USER_INPUT"  // a value that cannot be meant
	Ambiguous      Code = "AMBIGUOUS"       // a name that several entities answer to
	CursorMismatch Code = "CURSOR_MISMATCH" // a cursor of another list
)

// Error may be shown to a client. Any other error is ours to log and theirs to
// read as "internal error".
type Error struct {
	Code    Code
	Message string // one sentence or two for a person: the field, the value and the remedy
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an Error.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}
