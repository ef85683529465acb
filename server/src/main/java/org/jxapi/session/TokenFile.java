package org.jxapi.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.store.FormerFiles;
import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;

/**
 * The tokens in the text {@code tokens} of the store: JSON, without the tokens' texts. They are not objects of the XenAPI,
 * so no client of XAPI meets a class that it does not know, and dumps of the database do not have them.
 */
final class TokenFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "tokens";

    /** The content that was read last. It stays right: it belongs to its content, not to a moment. */
    private volatile Parsed last = new Parsed("", List.of());

    private record Parsed(String content, List<Token> tokens) {}

    /**
     * Moves the file of an earlier version into the store.
     *
     * @throws IOException when it cannot be used, with one line that names it
     */
    static void move(Store store, Path data) throws IOException {
        FormerFiles.move(store, data, PATH, (file, content) -> {
            try {
                parse(content);
                return true;
            } catch (JsonProcessingException | RuntimeException e) {
                throw new IOException("cannot use the file of API tokens " + file + ": it is damaged", e);
            }
        });
    }

    /** The tokens. */
    List<Token> read(Snapshot now) {
        String content = PoolFiles.find(now, PATH).orElse("");
        Parsed parsed = last;
        if (!parsed.content().equals(content)) {
            try {
                parsed = new Parsed(content, content.isEmpty() ? List.of() : parse(content));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
            last = parsed;
        }
        return parsed.tokens();
    }

    private static List<Token> parse(String content) throws JsonProcessingException {
        List<Token> tokens = new ArrayList<>();
        for (JsonNode token : JSON.readTree(content)) {
            tokens.add(new Token(
                    token.required("id").asText(),
                    token.required("name").asText(),
                    token.required("user").asText(),
                    token.required("sid").asText(),
                    token.required("role").asText(),
                    token.required("hash").asText(),
                    time(token, "created").orElseThrow(),
                    time(token, "expires").orElse(null)));
        }
        return List.copyOf(tokens);
    }

    private static Optional<Instant> time(JsonNode token, String key) {
        JsonNode value = token.get(key);
        return value == null ? Optional.empty() : Optional.of(Instant.parse(value.asText()));
    }

    static void write(Transaction tx, List<Token> tokens) {
        ArrayNode all = JSON.createArrayNode();
        tokens.forEach(token -> all.add(json(token).put("sid", token.sid()).put("hash", token.hash())));
        PoolFiles.put(tx, PATH, all.toString());
    }

    /** The part of a token that administrators may see. */
    static ObjectNode json(Token token) {
        ObjectNode json = JSON.createObjectNode()
                .put("id", token.id())
                .put("name", token.name())
                .put("user", token.user())
                .put("role", token.role())
                .put("created", token.created().toString());
        Instant expires = token.expires();
        return expires == null ? json : json.put("expires", expires.toString());
    }

    static String listed(List<Token> tokens) {
        ArrayNode all = JSON.createArrayNode();
        tokens.forEach(token -> all.add(json(token)));
        return all.toString();
    }
}
