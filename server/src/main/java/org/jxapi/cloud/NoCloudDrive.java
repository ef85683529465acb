package org.jxapi.cloud;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The drive that configures the first boot of a cloud image, as cloud-init's data source NoCloud reads it.
 *
 * @param userData a file that cloud-init knows, such as a cloud-config; empty for none
 * @param keys SSH keys with which the image's default user can log in
 * @param networkConfig a network configuration of version 1 or 2; empty for DHCP on the first network interface
 */
public record NoCloudDrive(String userData, List<String> keys, Optional<String> networkConfig) {
    private static final String LABEL = "cidata";
    private static final String NOTHING = "#cloud-config\n{}\n";
    private static final int MOST_NAME = 63;

    /** The beginnings by which cloud-init recognises user data. It ignores all others. */
    private static final List<String> BEGINNINGS = List.of(
            "#cloud-config",
            "#!",
            "#include",
            "#cloud-boothook",
            "#part-handler",
            "## template: jinja",
            "Content-Type:",
            "MIME-Version:",
            "From ");

    /** The keys in a file in the format of {@code authorized_keys}, such as a public key of ssh-keygen. */
    public static List<String> keys(String file) {
        List<String> keys = file.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (keys.isEmpty() || file.contains("PRIVATE KEY")) {
            throw new IllegalArgumentException(
                    "The file with the SSH key has no public key. Name the file that ends in .pub.");
        }
        return keys;
    }

    /** Why cloud-init would ignore this user data; empty if it would not. */
    public static Optional<String> fault(String userData) {
        boolean known = BEGINNINGS.stream().anyMatch(userData::startsWith);
        return known
                ? Optional.empty()
                : Optional.of("cloud-init would ignore the file: its first line must be #cloud-config, or begin with #!"
                        + " for a script.");
    }

    /**
     * The drive's contents, a CD image.
     *
     * @param id the identity of the instance: cloud-init configures it once
     * @param name the VM's name, from which the host name is made
     */
    public byte[] image(String id, String name) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("meta-data", utf8(metaData(id, name)));
        files.put("user-data", utf8(userData.isEmpty() ? NOTHING : userData));
        networkConfig.ifPresent(text -> files.put("network-config", utf8(text)));
        return IsoImage.of(LABEL, files);
    }

    private String metaData(String id, String name) {
        StringBuilder out = new StringBuilder("instance-id: " + quoted(id) + "\n");
        String host = hostName(name);
        if (!host.isEmpty()) {
            out.append("local-hostname: ").append(quoted(host)).append('\n');
        }
        if (!keys.isEmpty()) {
            out.append("public-keys:\n");
            keys.forEach(key -> out.append("  - ").append(quoted(key)).append('\n'));
        }
        return out.toString();
    }

    /** The letters, digits and hyphens of a name; empty if it has no letters and digits. */
    static String hostName(String name) {
        String host =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return host.substring(0, Math.min(MOST_NAME, host.length())).replaceAll("-$", "");
    }

    /** A string of YAML in double quotes. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ') {
                out.append("\\x%02x".formatted(c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
