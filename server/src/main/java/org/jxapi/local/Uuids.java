package org.jxapi.local;

import java.util.UUID;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.xenapi.Errors;

/** The UUIDs that clients choose for new objects. Files, mount points and volume groups have them as names. */
public final class Uuids {
    private Uuids() {}

    /** UUID_INVALID for a text that is no UUID. */
    public static void check(ClassModel<?> model, String uuid) {
        try {
            UUID.fromString(uuid);
        } catch (IllegalArgumentException e) {
            throw Errors.uuidInvalid(model.name(), uuid).causedBy(e);
        }
    }
}
