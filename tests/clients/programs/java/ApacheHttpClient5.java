import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

final class ApacheHttpClient5 {
    public static void main(String[] arguments) throws Exception {
        CloseableHttpClient client =
                System.getProperty("https.proxyHost") == null ? HttpClients.createDefault() : HttpClients.createSystem();
        Steps.play((method, url, headers, body, chunked) -> {
            ClassicRequestBuilder request = ClassicRequestBuilder.create(method).setUri(url);
            headers.forEach(request::addHeader);
            if (body != null) {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                HttpEntity entity = chunked
                        ? new InputStreamEntity(new ByteArrayInputStream(bytes), ContentType.APPLICATION_JSON)
                        : new StringEntity(body, ContentType.APPLICATION_JSON);
                request.setEntity(entity);
            }
            return client.execute(request.build(), response -> {
                HttpEntity entity = response.getEntity();
                var rule = response.getFirstHeader("X-Sandbox-Rule");
                return new Steps.Answer(
                        response.getCode(), rule == null ? null : rule.getValue(),
                        entity == null ? "" : EntityUtils.toString(entity, StandardCharsets.UTF_8));
            });
        });
    }
}
