import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.apache.http.HttpEntity;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.entity.ContentType;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.entity.StringEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

final class ApacheHttpClient4 {
    public static void main(String[] arguments) throws Exception {
        // what comes as it is knows no proxy; createSystem() is the one that reads the JVM's properties
        CloseableHttpClient client =
                System.getProperty("https.proxyHost") == null ? HttpClients.createDefault() : HttpClients.createSystem();
        Steps.play((method, url, headers, body, chunked) -> {
            RequestBuilder request = RequestBuilder.create(method).setUri(url);
            headers.forEach(request::addHeader);
            if (body != null) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                HttpEntity entity = chunked
                        ? new InputStreamEntity(new ByteArrayInputStream(bytes), -1, ContentType.APPLICATION_JSON)
                        : new StringEntity(body, ContentType.APPLICATION_JSON);
                request.setEntity(entity);
            }
            try (CloseableHttpResponse response = client.execute(request.build())) {
                HttpEntity entity = response.getEntity();
                var rule = response.getFirstHeader("X-Sandbox-Rule");
                return new Steps.Answer(
                        response.getStatusLine().getStatusCode(), rule == null ? null : rule.getValue(),
                        entity == null ? "" : EntityUtils.toString(entity, StandardCharsets.UTF_8));
            }
        });
    }
}
