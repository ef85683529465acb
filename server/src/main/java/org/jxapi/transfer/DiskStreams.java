package org.jxapi.transfer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** Recognises disk images that come through streams. */
final class DiskStreams {
    private static final int HEAD = 512;

    private DiskStreams() {}

    /**
     * Recognises an image and reads its tables.
     *
     * @param length bytes of the stream; -1 if that is not known, which raw images cannot do without
     * @param room bounds the memory of its tables
     */
    static DiskStream open(InputStream stream, long length, TransferMemory room) {
        BufferedInputStream buffered = new BufferedInputStream(stream, 1 << 16);
        Incoming in = new Incoming(buffered, () -> bad("it ends too early"));
        byte[] head = peek(buffered);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("QFI\u00fb")) {
            return new Qcow2Reader(in, room);
        }
        if (text.startsWith("conectix")) {
            return new VhdReader(in, room);
        }
        if (text.startsWith("vhdxfile")) {
            return VhdxReader.open(new Forward(in, "VHDX", ByteOrder.LITTLE_ENDIAN), room);
        }
        if (text.startsWith("KDMV")) {
            Forward forward = new Forward(in, "VMDK", ByteOrder.LITTLE_ENDIAN);
            Vmdk vmdk = Vmdk.read(forward);
            return vmdk.packed() ? new VmdkStream(vmdk, forward, room) : VmdkSparse.open(vmdk, forward, room);
        }
        refuseOthers(text);
        return new RawStream(in, length);
    }

    private static byte[] peek(BufferedInputStream in) {
        try {
            in.mark(HEAD);
            byte[] head = in.readNBytes(HEAD);
            in.reset();
            return head;
        } catch (IOException e) {
            throw bad("it ends too early").causedBy(e);
        }
    }

    private static void refuseOthers(String head) {
        if (head.startsWith("# Disk DescriptorFile")) {
            throw bad("it is a VMDK's description, and the data is in another file. Use that file, or make one of both"
                    + " with \"qemu-img convert -O qcow2\"");
        }
        if (head.startsWith("COWD")) {
            throw bad("it is a VMDK of ESX 2. Make an image with \"qemu-img convert -O qcow2\"");
        }
        for (String packed : new String[] {"\u001f\u008b", "\u00fd7zXZ", "BZh", "(\u00b5/\u00fd", "PK\u0003\u0004"}) {
            if (head.startsWith(packed)) {
                throw bad("it is compressed. Unpack it first");
            }
        }
        if (head.stripLeading().startsWith("<")) {
            throw bad("it is a text, perhaps the error page of a web server");
        }
    }

    private static XenApiException bad(String why) {
        return Errors.vdiIoError("Invalid disk image: " + why);
    }
}
