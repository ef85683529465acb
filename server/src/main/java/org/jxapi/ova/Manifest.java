package org.jxapi.ova;

import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jxapi.cloud.Checksum;
import org.jxapi.xenapi.Errors;

/**
 * Checks the files of a package against its manifest, which may come before or after them. Until it comes, the digests of
 * all its algorithms are calculated.
 */
final class Manifest {
    private static final List<String> ALGORITHMS = List.of("SHA-1", "SHA-256", "SHA-512");

    private final Map<String, Map<String, MessageDigest>> files = new HashMap<>();
    private String text = "";

    /** A stream of a file's contents that is checked. */
    InputStream watch(String file, InputStream contents) {
        Map<String, MessageDigest> digests = new HashMap<>();
        InputStream in = contents;
        if (text.isEmpty()) {
            for (String algorithm : ALGORITHMS) {
                MessageDigest digest = new Checksum(algorithm.replace("-", "").toLowerCase(Locale.ROOT), "").digest();
                digests.put(algorithm, digest);
                in = new DigestInputStream(in, digest);
            }
        } else if (Checksum.find(text, file).isPresent()) {
            MessageDigest digest = Checksum.find(text, file).get().digest();
            digests.put(digest.getAlgorithm(), digest);
            in = new DigestInputStream(in, digest);
        }
        files.put(file, digests);
        return in;
    }

    /** Takes the manifest. */
    void set(String manifest) {
        text = manifest;
    }

    /** Checks all files, which have been read to their ends: IMPORT_ERROR_SOME_CHECKSUMS_FAILED if one is not as listed. */
    void check(OvaReport report) {
        if (text.isEmpty()) {
            report.leftOut("manifest", "the package has none, so no file was checked");
            return;
        }
        boolean good = true;
        for (Map.Entry<String, Map<String, MessageDigest>> file : files.entrySet()) {
            Optional<Checksum> listed = Checksum.find(text, file.getKey());
            if (listed.isEmpty()) {
                continue;
            }
            MessageDigest digest = file.getValue().get(listed.get().digest().getAlgorithm());
            if (digest == null || !listed.get().matches(digest.digest())) {
                report.refused(file.getKey(), "it is not the file that the manifest lists");
                good = false;
            } else {
                report.taken(file.getKey(), "its " + listed.get().algorithm() + " is that of the manifest");
            }
        }
        if (!good) {
            throw Errors.importErrorSomeChecksumsFailed();
        }
    }
}
