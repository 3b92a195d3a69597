import java.nio.charset.StandardCharsets;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

final class OkHttp {
    static final MediaType JSON = MediaType.parse("application/json");

    static RequestBody body(String text, boolean chunked) {
        if (text == null) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!chunked) {
            return RequestBody.create(JSON, bytes);
        }
        return new RequestBody() { // of unknown length
            @Override
            public MediaType contentType() {
                return JSON;
            }

            @Override
            public void writeTo(BufferedSink sink) throws java.io.IOException {
                sink.write(bytes);
            }
        };
    }

    public static void main(String[] arguments) throws Exception {
        OkHttpClient client = new OkHttpClient();
        Steps.play((method, url, headers, text, chunked) -> {
            Request.Builder request = new Request.Builder().url(url).method(method, body(text, chunked));
            headers.forEach(request::header);
            try (Response response = client.newCall(request.build()).execute()) {
                return new Steps.Answer(response.code(), response.header("X-Sandbox-Rule"), response.body().string());
            }
        });
    }
}
