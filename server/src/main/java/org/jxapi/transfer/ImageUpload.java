package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.cloud.Checksum;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Call;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/**
 * Makes a disk of an image that a client sends, in the format that the image's first bytes show. The disk is there when
 * all of the image has come and its checksum is right. If the upload fails, nothing is left.
 */
final class ImageUpload {
    private final ImageDisks disks;

    ImageUpload(ImageDisks disks) {
        this.disks = disks;
    }

    /**
     * Receives an image. Its query may have {@code name} for the disk, {@code size}, the least size of the disk in bytes,
     * and {@code checksum}, such as {@code sha256:HEX}.
     */
    String receive(Transfer transfer, Ref<SR> sr) {
        Optional<Checksum> checksum = checksum(transfer.head().param("checksum"));
        long least = size(transfer.head().param("size"));
        transfer.refuseBadLength(Errors::internalError);
        if (transfer.encoding() != null) {
            throw Refused.missing(Errors.internalError("Cannot handle encoding: " + transfer.encoding()));
        }
        transfer.accept();
        InputStream body = checksum.<InputStream>map(sum -> new DigestInputStream(transfer.body(), sum.digest()))
                .orElse(transfer.body());
        Call call = transfer.call();
        try (Call.Cancellable cancellable = call.cancellable()) {
            Row<VDI> settings = Row.of(VDI.XEN_CLASS)
                    .with(VDI.NAME_LABEL, name(transfer.head().param("name")))
                    .with(VDI.VIRTUAL_SIZE, least)
                    .with(VDI.TYPE, VdiType.USER);
            Ref<VDI> vdi = disks.create(call, sr, settings, body, transfer.length(), () -> check(call, body, checksum));
            return XmlRpcValue.encode(new Type.Reference("VDI"), vdi);
        }
    }

    private static void check(Call call, InputStream body, Optional<Checksum> checksum) {
        passOver(call, body);
        checksum.ifPresent(expected -> {
            byte[] found = ((DigestInputStream) body).getMessageDigest().digest();
            if (!expected.matches(found)) {
                throw Errors.vdiIoError("The image does not have the checksum " + expected
                        + ". It is damaged, or it is another version of the image.");
            }
        });
    }

    /** Reads what follows the last part of an image that the disk needs. */
    private static void passOver(Call call, InputStream body) {
        byte[] piece = new byte[1 << 16];
        try {
            while (body.read(piece) >= 0) {
                call.throwIfCancelled();
            }
        } catch (IOException e) {
            throw Errors.vdiIoError("The image ends too early").causedBy(e);
        }
    }

    private static String name(@Nullable String given) {
        return given == null || given.isEmpty() ? "Imported image" : given;
    }

    private static long size(@Nullable String given) {
        if (given == null) {
            return 0;
        }
        try {
            return Math.max(0, Long.parseLong(given));
        } catch (NumberFormatException e) {
            throw Refused.badRequest(Errors.internalError("Bad size: " + given));
        }
    }

    private static Optional<Checksum> checksum(@Nullable String given) {
        if (given == null) {
            return Optional.empty();
        }
        return Optional.of(Checksum.parse(given)
                .orElseThrow(() -> Refused.badRequest(Errors.internalError("Bad checksum: " + given))));
    }
}
