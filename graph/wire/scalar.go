package wire

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"readout/db"
)

// MarshalWord writes a word of the dataset as an enum value: phone-call is PHONE_CALL.
func MarshalWord(word string) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		io.WriteString(w, strconv.Quote(strings.ToUpper(strings.ReplaceAll(word, "-", "_"))))
	})
}

// UnmarshalWord reads an enum value. The schema has checked that there is one.
func UnmarshalWord(value any) (string, error) {
	text, isText := value.(string)
	if !isText {
		return "", fmt.Errorf("%v is no enum value", value)
	}
	return strings.ToLower(strings.ReplaceAll(text, "_", "-")), nil
}

// MarshalInt writes an Int.
func MarshalInt(n int) graphql.Marshaler { return graphql.MarshalInt(n) }

// UnmarshalInt reads an Int. It fails on more than 32 bits, as GraphQL has it.
func UnmarshalInt(value any) (int, error) {
	n, err := graphql.UnmarshalInt32(value)
	if err != nil {
		return 0, db.Errorf(db.Invalid, "%v is no Int: want a whole number of 32 bits.", value)
	}
	return int(n), nil
}

// MarshalDate writes a date as EDTF.
func MarshalDate(d db.Date) graphql.Marshaler { return graphql.MarshalString(string(d)) }

// UnmarshalDate reads EDTF. It fails on anything but a real date of year, month or
// day precision.
func UnmarshalDate(value any) (db.Date, error) {
	text, isText := value.(string)
	if !isText {
		return "", db.Errorf(db.Invalid, "%v is not a date: give text such as \"2021-08\".", value)
	}
	d, err := db.ParseDate(text)
	if err != nil {
		return "", db.Errorf(db.Invalid, "%s", err)
	}
	return d, nil
}
