import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The conversation that each Java client has; one JSON line a step. */
final class Steps {
    record Answer(int status, String rule, String text) {}

    interface Client {
        Answer call(String method, String url, Map<String, String> headers, String body, boolean chunked)
                throws Exception;
    }

    static final String PROFILES = System.getenv("VTEX_URL") + "/api/storage/profile-system/profiles";
    static final String CUSTOMERS = System.getenv("NEWSTORE_URL") + "/v1/d/pii/profiles";
    static final Map<String, String> VTEX =
            Map.of("X-VTEX-API-AppKey", "vtexappkey-sandbox", "X-VTEX-API-AppToken", "sandbox-token");
    static final Map<String, String> NEWSTORE = Map.of("Authorization", "Bearer sandbox-newstore");

    static String customer(String email, String document) {
        return "{\"firstName\":\"Ana\",\"lastName\":\"Lima\",\"email\":\"" + email + "\",\"document\":\"" + document
                + "\",\"documentType\":\"CPF\"}";
    }

    static void tell(String step, int status, Object value) {
        String shown = value instanceof Integer ? value.toString() : "\"" + value + "\"";
        System.out.println("{\"step\":\"" + step + "\",\"status\":" + status + ",\"value\":" + shown + "}");
    }

    /** The first text property of that name: no JSON library comes with the JDK. */
    static String text(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : null;
    }

    static int count(String json, String part) {
        return json.split(Pattern.quote(part), -1).length - 1;
    }

    static void play(Client client) throws Exception {
        String ana = customer("ana+matrix@example.com", "12345678911");
        Answer answer = client.call("POST", PROFILES, VTEX, ana, false);
        String profile = PROFILES + "/" + text(answer.text, "id");
        tell("create", answer.status, text(answer.text, "email"));
        answer = client.call("POST", PROFILES, VTEX, ana, false);
        tell("conflict", answer.status, answer.rule);
        String encoded = URLEncoder.encode("ana+matrix@example.com", StandardCharsets.UTF_8);
        answer = client.call("GET", PROFILES + "/" + encoded + "?alternativeKey=email", VTEX, null, false);
        tell("masked read", answer.status, text(answer.text, "email"));
        answer = client.call("POST", PROFILES, VTEX, customer("ben@example.com", "98765432100"), true);
        tell("chunked create", answer.status, text(answer.text, "email"));
        String known = "{\"email\":\"ana+matrix@example.com\",\"full_name\":\"Ana Lima\"}";
        answer = client.call("POST", CUSTOMERS, NEWSTORE, known, false);
        String one = CUSTOMERS + "/" + text(answer.text, "id");
        String change =
                "{\"full_name\":\"Ana B.\",\"last_updated_at\":\"" + text(answer.text, "updated_at") + "\"}";
        answer = client.call("PATCH", one, NEWSTORE, change, false);
        tell("update", answer.status, text(answer.text, "full_name"));
        answer = client.call("PATCH", one, NEWSTORE, change, false);
        tell("stale update", answer.status, answer.rule);
        answer = client.call("GET", CUSTOMERS + "?count=50", NEWSTORE, null, false);
        tell("list", answer.status, count(answer.text, "\"display_id\""));
        answer = client.call("DELETE", profile, VTEX, null, false);
        tell("delete", answer.status, answer.text);
        answer = client.call("GET", profile, VTEX, null, false);
        tell("read after delete", answer.status, "");
        ExecutorService pool = Executors.newFixedThreadPool(10);
        List<Future<Integer>> statuses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            statuses.add(pool.submit(() -> client.call("GET", one, NEWSTORE, null, false).status));
        }
        int good = 0;
        for (Future<Integer> status : statuses) {
            good += status.get() == 200 ? 1 : 0;
        }
        tell("side by side", statuses.get(0).get(), good);
        System.exit(0);
    }

    static String read(InputStream stream) throws Exception {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
