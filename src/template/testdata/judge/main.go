// The judge of the template tests: renders with real Go what our engine renders.
// Reads {"template": …, "data": …} as JSON lines, answers each with {"output": …} or {"error": …};
// with a number as argument, answers with the nanoseconds that so many renderings take.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

type question struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data"`
}

type answer struct {
	Output string `json:"output"`
	Error  string `json:"error,omitempty"`
}

// typed is a value with its Go type; text, booleans and null stand as they are.
type typed struct {
	Type  string          `json:"$"`
	Value json.RawMessage `json:"v"`
}

func decode(raw json.RawMessage) any {
	if raw[0] != '{' {
		var plain any
		must(json.Unmarshal(raw, &plain))
		return plain
	}
	var t typed
	must(json.Unmarshal(raw, &t))
	var text string
	if t.Value[0] == '"' {
		must(json.Unmarshal(t.Value, &text))
	}
	switch t.Type {
	case "int":
		n, err := strconv.Atoi(text)
		must(err)
		return n
	case "int64":
		n, err := strconv.ParseInt(text, 10, 64)
		must(err)
		return n
	case "uint64":
		n, err := strconv.ParseUint(text, 10, 64)
		must(err)
		return n
	case "float64":
		f, err := strconv.ParseFloat(text, 64)
		must(err)
		return f
	case "time.Time":
		n, err := strconv.ParseInt(text, 10, 64)
		must(err)
		return time.Unix(0, n).UTC()
	case "[]string":
		list := []string{}
		must(json.Unmarshal(t.Value, &list))
		return list
	case "map[string]string":
		m := map[string]string{}
		must(json.Unmarshal(t.Value, &m))
		return m
	case "[]interface {}":
		var list []json.RawMessage
		must(json.Unmarshal(t.Value, &list))
		out := make([]any, len(list))
		for i, one := range list {
			out[i] = decode(one)
		}
		return out
	default:
		var m map[string]json.RawMessage
		must(json.Unmarshal(t.Value, &m))
		out := map[string]any{}
		for key, one := range m {
			out[key] = decode(one)
		}
		return out
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

var env = map[string]string{"FOO": "bar", "EMPTY": ""}

func keep(want bool) func(text, pattern string) (string, error) {
	return func(text, pattern string) (string, error) {
		re, err := regexp.CompilePOSIX(pattern)
		if err != nil {
			return "", err
		}
		var lines []string
		for _, line := range strings.Split(text, "\n") {
			if re.MatchString(line) == want {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "\n"), nil
	}
}

func englishJoin(items []string) string {
	var words []string
	for _, item := range items {
		if strings.TrimSpace(item) != "" {
			words = append(words, item)
		}
	}
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	case 2:
		return words[0] + " and " + words[1]
	}
	return strings.Join(words[:len(words)-1], ", ") + ", and " + words[len(words)-1]
}

func absolute(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join("/cwd", path)
}

var functions = template.FuncMap{
	"replace":       strings.ReplaceAll,
	"split":         strings.Split,
	"time":          func(layout string) string { return time.Unix(1785200523, 0).UTC().Format(layout) },
	"contains":      strings.Contains,
	"tolower":       strings.ToLower,
	"toupper":       strings.ToUpper,
	"trim":          strings.TrimSpace,
	"trimprefix":    strings.TrimPrefix,
	"trimsuffix":    strings.TrimSuffix,
	"dir":           filepath.Dir,
	"base":          filepath.Base,
	"join":          filepath.Join,
	"abs":           absolute,
	"filter":        keep(true),
	"reverseFilter": keep(false),
	"urlPathEscape": url.PathEscape,
	"englishJoin":   englishJoin,
	"list":          func(words ...string) []string { return words },
	"in":            func(list []string, word string) bool { return slices.Contains(list, word) },
	"reReplaceAll": func(pattern, text, to string) (string, error) {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return "", err
		}
		return re.ReplaceAllString(text, to), nil
	},
	"listExclude": func(pattern string, list []string) ([]string, error) {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(slices.Clone(list), re.MatchString), nil
	},
	"map": func(words ...string) (map[string]string, error) {
		if len(words)%2 != 0 {
			return nil, errors.New("odd")
		}
		m := map[string]string{}
		for i := 0; i < len(words); i += 2 {
			m[words[i]] = words[i+1]
		}
		return m, nil
	},
	"indexOrDefault": func(m map[string]string, key, other string) string {
		if value, ok := m[key]; ok {
			return value
		}
		return other
	},
	"envOrDefault": func(name, other string) string {
		if value, ok := env[name]; ok {
			return value
		}
		return other
	},
	"isEnvSet": func(name string) bool { return env[name] != "" },
}

func render(text string, data any) (a answer) {
	defer func() {
		if problem := recover(); problem != nil {
			a = answer{Error: fmt.Sprint("panic: ", problem)}
		}
	}()
	t, err := template.New("tmpl").Option("missingkey=error").Funcs(functions).Parse(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Output: out.String()}
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	var questions []question
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var q question
			must(json.Unmarshal(line, &q))
			questions = append(questions, q)
		}
		if err != nil {
			break
		}
	}
	if len(os.Args) > 1 {
		renders, err := strconv.Atoi(os.Args[1])
		must(err)
		fmt.Fprintln(out, nanoseconds(questions, renders))
		return
	}
	for _, q := range questions {
		must(encoder.Encode(render(q.Template, decode(q.Data))))
	}
}

// nanoseconds that so many renderings take, the questions in turn.
func nanoseconds(questions []question, renders int) int64 {
	var data []any
	for _, q := range questions {
		data = append(data, decode(q.Data))
	}
	start := time.Now()
	for i := range renders {
		at := i % len(questions)
		if a := render(questions[at].Template, data[at]); a.Error != "" {
			panic(a.Error)
		}
	}
	return time.Since(start).Nanoseconds()
}
