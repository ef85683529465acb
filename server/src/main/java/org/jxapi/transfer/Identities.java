package org.jxapi.transfer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jxapi.transfer.OvaXml.Item;
import org.jxapi.xenapi.Errors;

/** The UUIDs of an archive whose objects are to keep them. */
final class Identities {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    /** Classes whose objects a restore gives the UUIDs of the archive. */
    private static final Set<String> KEPT = Set.of("VM", "VBD", "VIF");
    /** Characters of a bad UUID that an error quotes. */
    private static final int QUOTED = 64;

    private Identities() {}

    /**
     * IMPORT_ERROR unless every VM has a UUID of its own, and every VBD and VIF has one or none: paths, file names and
     * guests' data are made of them.
     */
    static void check(List<Item> items) {
        Set<String> machines = new HashSet<>();
        for (Item item : items) {
            String uuid = item.text("uuid");
            boolean machine = item.className().equals("VM");
            if (!KEPT.contains(item.className()) || uuid.isEmpty() && !machine) {
                continue;
            }
            if (!UUID.matcher(uuid).matches()) {
                throw Errors.importError("Invalid XVA file: \"" + quoted(uuid) + "\", the uuid of the "
                        + item.className() + " " + quoted(item.id()) + ", is no UUID");
            }
            if (machine && !machines.add(uuid)) {
                throw Errors.importError("Invalid XVA file: two VMs have the uuid " + uuid);
            }
        }
    }

    private static String quoted(String text) {
        return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "...";
    }
}
