package main

// An api is one library of the driver as this project uses it: what is bound
// of it, and nothing else. All that is generated comes from here.
type api struct {
	title     string // for comments
	pkg       string // the Go package, a folder beside this one
	library   string // the name in comments of the C header
	result    string // the C type that its functions return
	unbound   string // the Go constant for "this library lacks the function"
	functions []function
	opaques   []opaque
	enums     []enum
	constants []constant
	layouts   []layout
}

// A function is one exported symbol, with the name that the library exports,
// version suffix included.
type function struct {
	prototype string // in C, less the result type where it is the usual one
	optional  bool   // older drivers lack it: a capability, no requirement
}

// An opaque is a C type that is a number to us: a handle, or an address.
type opaque struct {
	c, under string // the C name, and what it is in C
	goName   string
	goUnder  string
	hidden   string // what is printed instead of the value; empty: it is printed
	doc      string
}

// An enum is a C enumeration. The Go name of a value is goPrefix and the rest
// of the C name behind prefix, in camel case.
type enum struct {
	c, prefix        string
	goName, goPrefix string
	doc              string
	names            bool // generate a method that gives the C name
	values           []value
}

type value struct {
	name   string // the full C name
	number int64
}

// A constant is a number without a type of its own.
type constant struct {
	name   string // the C name
	goName string
	goType string
	number uint64
}

// A layout is a C struct. Sizes and offsets are written down, so that C and
// Go compilers are checked against them and not against each other.
type layout struct {
	c      string
	goName string
	doc    string
	size   int
	fields []field
}

type field struct {
	c      string // C type
	name   string // C name
	goName string
	count  int // length of an array, or 0
	offset int
}
