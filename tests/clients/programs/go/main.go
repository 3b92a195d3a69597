// The conversation of Go's net/http; one JSON line a step.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
)

var (
	vtex      = map[string]string{"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
	newstore  = map[string]string{"Authorization": "Bearer sandbox-newstore"}
	profiles  = os.Getenv("VTEX_URL") + "/api/storage/profile-system/profiles"
	customers = os.Getenv("NEWSTORE_URL") + "/v1/d/pii/profiles"
)

type answer struct {
	status int
	rule   string
	text   []byte
}

func call(method, target string, headers map[string]string, body []byte, chunked bool) answer {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
		if chunked {
			reader = io.NopCloser(reader) // hides the length
		}
	}
	request, err := http.NewRequest(method, target, reader)
	if err != nil {
		panic(err)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	return answer{response.StatusCode, response.Header.Get("X-Sandbox-Rule"), text}
}

func tell(step string, status int, value any) {
	line, _ := json.Marshal(map[string]any{"step": step, "status": status, "value": value})
	fmt.Println(string(line))
}

func parsed(text []byte) map[string]any {
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return value
}

func emailIn(text []byte) any {
	return parsed(text)["document"].(map[string]any)["email"]
}

func customer(email, document string) []byte {
	text, _ := json.Marshal(map[string]string{
		"firstName": "Ana", "lastName": "Lima", "email": email, "document": document, "documentType": "CPF",
	})
	return text
}

func main() {
	ana := customer("ana+matrix@example.com", "12345678911")
	got := call("POST", profiles, vtex, ana, false)
	profile := profiles + "/" + parsed(got.text)["id"].(string)
	tell("create", got.status, emailIn(got.text))
	got = call("POST", profiles, vtex, ana, false)
	tell("conflict", got.status, got.rule)
	got = call("GET", profiles+"/"+url.PathEscape("ana+matrix@example.com")+"?alternativeKey=email", vtex, nil, false)
	tell("masked read", got.status, emailIn(got.text))
	got = call("POST", profiles, vtex, customer("ben@example.com", "98765432100"), true)
	tell("chunked create", got.status, emailIn(got.text))
	known, _ := json.Marshal(map[string]string{"email": "ana+matrix@example.com", "full_name": "Ana Lima"})
	created := parsed(call("POST", customers, newstore, known, false).text)
	one := customers + "/" + created["id"].(string)
	change, _ := json.Marshal(map[string]any{"full_name": "Ana B.", "last_updated_at": created["updated_at"]})
	got = call("PATCH", one, newstore, change, false)
	tell("update", got.status, parsed(got.text)["full_name"])
	got = call("PATCH", one, newstore, change, false)
	tell("stale update", got.status, got.rule)
	got = call("GET", customers+"?count=50", newstore, nil, false)
	tell("list", got.status, len(parsed(got.text)["profiles"].([]any)))
	got = call("DELETE", profile, vtex, nil, false)
	tell("delete", got.status, string(got.text))
	got = call("GET", profile, vtex, nil, false)
	tell("read after delete", got.status, "")
	statuses := make([]int, 50)
	var group sync.WaitGroup
	for reader := 0; reader < 10; reader++ {
		group.Add(1)
		go func(reader int) {
			defer group.Done()
			for at := reader; at < 50; at += 10 {
				statuses[at] = call("GET", one, newstore, nil, false).status
			}
		}(reader)
	}
	group.Wait()
	good := 0
	for _, status := range statuses {
		if status == 200 {
			good++
		}
	}
	tell("side by side", statuses[0], good)
}
