package org.jxapi.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cloud.ImageIndex;

/** The command about images of disks that are not on an SR yet. */
final class ImageCommands {
    private ImageCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "image-list",
                "index",
                "",
                "Lists the disk images in a folder or an index, for image= of vm-install (jxapi's own command).",
                ImageCommands::list);
    }

    private static void list(Context c) throws IOException {
        List<ImageIndex.Image> images;
        try {
            images = ImageIndex.read(c.file("index", "index"));
        } catch (IllegalArgumentException e) {
            throw new CliException(String.valueOf(e.getMessage()));
        }
        List<List<Map.Entry<String, String>>> records = new ArrayList<>();
        for (ImageIndex.Image image : images) {
            records.add(List.of(
                    Map.entry("name ( RO)", image.name()),
                    Map.entry("size ( RO)", image.bytes() < 0 ? "<unknown>" : Long.toString(image.bytes())),
                    Map.entry("checksum ( RO)", image.checksum().isEmpty() ? "<unknown>" : image.checksum())));
        }
        c.printer().records(records);
    }
}
