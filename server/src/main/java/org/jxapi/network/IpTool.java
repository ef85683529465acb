package org.jxapi.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.xenapi.Errors;

/** iproute2's {@code ip}; failures are INTERNAL_ERROR with what it said. */
final class IpTool {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NetworkTool ip;

    /** @param ip the command, with what chooses a network namespace */
    IpTool(List<String> ip) {
        this.ip = new NetworkTool(ip);
    }

    /** All devices, as {@code ip -json -details link show} describes them. */
    JsonNode links() {
        return json("-details", "link", "show");
    }

    /** One device; null when it is not there. */
    @Nullable
    JsonNode link(String device) {
        for (JsonNode link : links()) {
            if (link.path("ifname").asText().equals(device)) {
                return link;
            }
        }
        return null;
    }

    /** {@code bridge}, {@code bond}, {@code vlan}; empty for a physical device. */
    static String kind(JsonNode link) {
        return link.path("linkinfo").path("info_kind").asText();
    }

    /** The answer to a question, in JSON. */
    JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of("-json"));
        all.addAll(List.of(arguments));
        try {
            return JSON.readTree(run(all));
        } catch (IOException e) {
            throw Errors.internalError("ip " + arguments[0] + ": " + e.getMessage())
                    .causedBy(e);
        }
    }

    String run(String... arguments) {
        return run(List.of(arguments));
    }

    String run(List<String> arguments) {
        return ip.run(arguments);
    }
}
