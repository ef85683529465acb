package org.jxapi.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/**
 * The tokens in {@code tokens} of the data folder, which only its owner can read: JSON, without the tokens' texts. They
 * are not objects of the XenAPI, so no client of XAPI meets a class that it does not know, and copies of the database do not have
 * them.
 */
final class TokenFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    TokenFile(Path dataDir) {
        this.file = dataDir.resolve("tokens");
    }

    /**
     * The tokens; none when there is no file.
     *
     * @throws IOException with one line that names the file
     */
    List<Token> read() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            List<Token> tokens = new ArrayList<>();
            for (JsonNode token : JSON.readTree(Files.readAllBytes(file))) {
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
            return tokens;
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "cannot use the file of API tokens " + file + ": "
                            + (e instanceof IOException io ? Reason.of(io) : "it is damaged"),
                    e);
        }
    }

    private static Optional<Instant> time(JsonNode token, String key) {
        JsonNode value = token.get(key);
        return value == null ? Optional.empty() : Optional.of(Instant.parse(value.asText()));
    }

    /** On disk when this returns. */
    void write(List<Token> tokens) throws IOException {
        ArrayNode all = JSON.createArrayNode();
        tokens.forEach(token -> all.add(json(token).put("sid", token.sid()).put("hash", token.hash())));
        SafeFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all));
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
