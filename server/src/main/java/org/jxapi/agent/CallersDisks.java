package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.volume.LiveDisks;

/**
 * The disks of running guests for the drivers of an agent's host. The coordinator has the records, so it is asked during the
 * call that needs them. The images are those of this host.
 */
public final class CallersDisks implements LiveDisks {
    static final String GUESTS = "guests";

    private static final WireType GUEST = WireType.ofReport(Guest.class);

    private final DiskImages images;

    public CallersDisks(DiskImages images) {
        this.images = images;
    }

    @Override
    public List<Guest> guests(String sr, String location) {
        JsonNode answer = ServedCall.askCaller(
                GUESTS, JsonNodeFactory.instance.arrayNode().add(sr).add(location));
        List<Guest> guests = new ArrayList<>();
        for (JsonNode one : answer) {
            if (GUEST.read(one) instanceof Guest guest) {
                guests.add(guest);
            }
        }
        return guests;
    }

    /** The coordinator's answer. */
    static JsonNode answer(HostGuests guests, JsonNode about) {
        var answer = JsonNodeFactory.instance.arrayNode();
        guests.having(about.path(0).asText(), about.path(1).asText()).forEach(guest -> answer.add(GUEST.write(guest)));
        return answer;
    }

    @Override
    public DiskImages images() {
        return images;
    }
}
