package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.volume.GroupChanges;

/** The volume groups that an agent's host shares with others: the coordinator, whose call needs a change, makes it. */
public final class CallersGroups implements GroupChanges {
    static final String CHANGE = "change-group";

    private final GroupChanges here;

    /** @param here runs the programs on this host */
    public CallersGroups(GroupChanges here) {
        this.here = here;
    }

    @Override
    public String run(String sr, List<String> command) throws IOException {
        ArrayNode about = JsonNodeFactory.instance.arrayNode().add(sr);
        command.forEach(about::add);
        JsonNode answer = ask(sr, about);
        if (answer.path("own").asBoolean()) {
            return here.run(sr, command);
        }
        if (answer.has("error")) {
            throw new IOException(answer.path("error").asText());
        }
        return answer.path("output").asText();
    }

    private static JsonNode ask(String sr, ArrayNode about) throws IOException {
        try {
            return ServedCall.askCaller(CHANGE, about);
        } catch (IllegalStateException e) {
            // After a lost connection, what a call has left is cleaned up without its caller.
            throw new IOException(
                    "the volume group of SR " + sr
                            + " is not changed, because the coordinator has no call under way here",
                    e);
        }
    }

    /** The coordinator's answer. */
    static JsonNode answer(GroupChanges changes, JsonNode about) {
        List<String> command = new ArrayList<>();
        about.forEach(word -> command.add(word.asText()));
        String sr = command.remove(0);
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        try {
            return answer.put("output", changes.run(sr, command));
        } catch (OwnChange e) {
            return answer.put("own", true).put("error", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return answer.put("error", String.valueOf(e.getMessage()));
        }
    }
}
