package org.jxapi.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The images of an index: products of simple streams, a list of checksums, a web page with links, or the list of a folder
 * with a name, a tab and a size on each line.
 */
public final class ImageIndex {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern IMAGE = Pattern.compile("(?i).*\\.(img|qcow2|raw|vmdk|vhd|vhdx|ova)");
    private static final Pattern LINK = Pattern.compile("(?i)href=[\"']([^\"'?#]+)[\"']");
    private static final Pattern SUM = Pattern.compile("([0-9a-fA-F]{40,128}) [ *]?(?:\\./)?(.+)");

    private ImageIndex() {}

    /**
     * An image.
     *
     * @param name its file, or its path in the index
     * @param bytes its size; -1 if the index does not have it
     * @param checksum such as {@code sha256:HEX}; empty if the index does not have it
     */
    public record Image(String name, long bytes, String checksum) {}

    /** Reads an index. An IllegalArgumentException says why it is none. */
    public static List<Image> read(String text) {
        Map<String, Image> images = new LinkedHashMap<>();
        List<Image> found = text.stripLeading().startsWith("{") ? products(text) : lines(text);
        found.stream()
                .filter(image -> IMAGE.matcher(image.name()).matches())
                .forEach(image -> images.putIfAbsent(image.name(), image));
        return List.copyOf(images.values());
    }

    private static List<Image> products(String text) {
        List<Image> images = new ArrayList<>();
        try {
            JsonNode products = JSON.readTree(text).path("products");
            if (!products.isObject()) {
                throw new IllegalArgumentException(
                        "The index has no products. Name a file of the format products:1.0.");
            }
            products.forEach(product -> product.path("versions")
                    .forEach(version -> version.path("items").forEach(item -> images.add(image(item)))));
            return images;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The index is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Image image(JsonNode item) {
        String sum = "";
        for (String algorithm : List.of("sha512", "sha256")) {
            sum = item.has(algorithm) ? algorithm + ":" + item.get(algorithm).asText() : sum;
        }
        return new Image(item.path("path").asText(), item.path("size").asLong(-1), sum);
    }

    private static List<Image> lines(String text) {
        List<Image> images = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] parts = line.strip().split("\t");
            Matcher sum = SUM.matcher(line.strip());
            if (parts.length == 2 && parts[1].matches("\\d{1,18}")) {
                images.add(new Image(parts[0], Long.parseLong(parts[1]), ""));
            } else if (sum.matches()) {
                String checksum = Checksum.find(line, sum.group(2))
                        .map(Checksum::toString)
                        .orElse("");
                images.add(new Image(sum.group(2), -1, checksum));
            } else {
                Matcher link = LINK.matcher(line);
                while (link.find()) {
                    images.add(new Image(link.group(1), -1, ""));
                }
            }
        }
        return images;
    }
}
