import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

final class JdkHttpClient {
    public static void main(String[] arguments) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        Steps.play((method, url, headers, body, chunked) -> {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
            headers.forEach(request::header);
            if (body == null) {
                request.method(method, BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json");
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                request.method(method, chunked
                        ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
                        : BodyPublishers.ofByteArray(bytes));
            }
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Steps.Answer(
                    response.statusCode(), response.headers().firstValue("x-sandbox-rule").orElse(null),
                    response.body());
        });
    }
}
