package org.jxapi.ova;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.VmFormats;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** Refuses an OVF envelope that comes without the files that it names. jxapi's own xe sends a package. */
final class BareOvf implements VmFormats.Import {
    private static final Pattern ENVELOPE =
            Pattern.compile("(?s)\\A\\uFEFF?\\s*(<\\?xml.*?\\?>\\s*)?(<!--.*?-->\\s*)*<(\\w+:)?Envelope\\b.*");

    @Override
    public boolean recognises(byte[] head) {
        return ENVELOPE.matcher(new String(head, StandardCharsets.UTF_8)).matches();
    }

    @Override
    public List<Ref<VM>> receive(Transfer transfer, Ref<SR> sr) {
        throw Errors.importError("The disks are in other files than this OVF envelope. Use the xe of jxapi, or make one"
                + " file of all: \"tar -cf x.ova x.ovf x-disk1.vmdk\"");
    }
}
