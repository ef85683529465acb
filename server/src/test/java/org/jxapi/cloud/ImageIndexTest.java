package org.jxapi.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ImageIndexTest {
    private static final String HEX = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void productsOfSimpleStreams() {
        String text = """
                {"format": "products:1.0", "products": {"com.ubuntu.cloud:server:24.04:amd64": {"versions": {"20260101":
                {"items": {"disk1.img": {"ftype": "disk1.img", "path": "server/noble-amd64.img", "size": 7,
                "sha256": "%s"}, "manifest": {"path": "noble.manifest", "size": 1}}}}}}}
                """.formatted(HEX);
        assertThat(ImageIndex.read(text))
                .containsExactly(new ImageIndex.Image("server/noble-amd64.img", 7, "sha256:" + HEX));
    }

    @Test
    void listsOfChecksumsAndFoldersAndPages() {
        assertThat(ImageIndex.read(HEX + "  a.qcow2\n" + HEX + "  a.json\n"))
                .containsExactly(new ImageIndex.Image("a.qcow2", -1, "sha256:" + HEX));
        assertThat(ImageIndex.read("b.raw\t512\nnotes.txt\t3\n"))
                .containsExactly(new ImageIndex.Image("b.raw", 512, ""));
        assertThat(ImageIndex.read("<a href=\"c.img\">c</a> <a href=\"c.img\">c</a> <a href=\"../\">up</a>"))
                .containsExactly(new ImageIndex.Image("c.img", -1, ""));
    }

    @Test
    void anotherIndexIsRefused() {
        assertThatThrownBy(() -> ImageIndex.read("{\"format\": \"index:1.0\"}"))
                .hasMessageContaining("has no products");
        assertThatThrownBy(() -> ImageIndex.read("{")).hasMessageContaining("no JSON");
        assertThat(ImageIndex.read("")).isEmpty();
    }
}
