{{- define "pii-sandbox.name" -}}
{{- if contains "pii-sandbox" .Release.Name -}}{{ .Release.Name | trunc 53 | trimSuffix "-" }}{{- else -}}{{ printf "%s-pii-sandbox" .Release.Name | trunc 53 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "pii-sandbox.selector" -}}
app.kubernetes.io/name: pii-sandbox
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pii-sandbox.labels" -}}
{{ include "pii-sandbox.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- /* The name that NATS' chart gives to what it makes. */ -}}
{{- define "pii-sandbox.nats" -}}
{{- if contains "nats" .Release.Name -}}{{ .Release.Name }}{{- else -}}{{ printf "%s-nats" .Release.Name }}{{- end -}}
{{- end -}}

{{- /* Where the log is: each server of the subchart by its own name, or the URLs that the values give. */ -}}
{{- define "pii-sandbox.cluster" -}}
{{- if .Values.nats.enabled -}}
{{- $nats := include "pii-sandbox.nats" . -}}
{{- $urls := list -}}
{{- range $number := until (int .Values.nats.config.cluster.replicas) -}}
{{- $urls = append $urls (printf "nats://%s-%d.%s-headless:4222" $nats $number $nats) -}}
{{- end -}}
{{- join "," $urls -}}
{{- else -}}
{{- required "cluster: URLs of NATS servers are needed where nats.enabled is false" .Values.cluster -}}
{{- end -}}
{{- end -}}

{{- define "pii-sandbox.secret" -}}
{{- .Values.controlToken.existingSecret | default (printf "%s-control" (include "pii-sandbox.name" .)) -}}
{{- end -}}
