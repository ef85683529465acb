package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.generator.ModelFaults.Place;

/** Checks lifecycles: known states, transitions and releases, and a state that follows from the last transition. */
final class LifecycleCheck {
    /** Of transitions in the same release, the later one in this list is the later one. */
    private static final List<String> TRANSITIONS =
            List.of("prototyped", "published", "extended", "changed", "deprecated", "removed");

    private static final List<String> STATES = List.of("prototyped", "published", "deprecated", "removed");

    private LifecycleCheck() {}

    static void check(JsonNode lifecycle, Place place) {
        String last = null;
        long newest = -1;
        for (Map.Entry<String, JsonNode> each : lifecycle.properties()) {
            String key = each.getKey();
            String text = each.getValue().asText();
            if (key.equals("state")) {
                if (!STATES.contains(text)) {
                    place.fault("lifecycle: unknown state \"" + text + "\"");
                    return;
                }
                continue;
            }
            if (!TRANSITIONS.contains(key)) {
                place.fault("lifecycle: unknown transition \"" + key + "\"");
                return;
            }
            for (String release : text.split(", ")) {
                long order = Releases.order(release);
                if (order < 0) {
                    place.fault("lifecycle: unknown release \"" + release + "\"");
                    return;
                }
                boolean later =
                        order > newest || order == newest && TRANSITIONS.indexOf(key) > TRANSITIONS.indexOf(last);
                if (later) {
                    newest = order;
                    last = key;
                }
            }
        }
        if (last == null) {
            place.fault("lifecycle: no transition");
            return;
        }
        String state = lifecycle.path("state").asText("published");
        String reached = last.equals("extended") || last.equals("changed") ? "published" : last;
        if (!state.equals(reached)) {
            place.fault("lifecycle: the state is " + state + ", the last transition " + last);
        }
    }
}
