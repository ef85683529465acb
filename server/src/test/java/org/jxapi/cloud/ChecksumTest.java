package org.jxapi.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private static final String HEX = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void aChecksumHasItsAlgorithmBeforeIt() {
        Checksum sum = Checksum.parse("SHA256:" + HEX.toUpperCase(Locale.ROOT)).orElseThrow();
        assertThat(sum).hasToString("sha256:" + HEX);
        assertThat(sum.matches(sum.digest().digest("abc".getBytes(StandardCharsets.US_ASCII))))
                .isTrue();
        assertThat(sum.matches(sum.digest().digest())).isFalse();
        assertThat(Checksum.parse(HEX)).isEmpty();
        assertThat(Checksum.parse("sha512:" + HEX)).isEmpty();
        assertThat(Checksum.parse("sha256:" + HEX.replace('b', 'x'))).isEmpty();
    }

    @Test
    void listsOfAllToolsAreRead() {
        String other = HEX.replace('b', 'c');
        for (String line :
                new String[] {HEX + "  disk.img", HEX + " *disk.img", HEX + "  ./disk.img", "SHA256 (disk.img) = " + HEX
                }) {
            assertThat(Checksum.find("# sums\n" + other + "  disk.img.zsync\n" + line + "\n", "disk.img"))
                    .as(line)
                    .contains(new Checksum("sha256", HEX));
        }
        assertThat(Checksum.find(HEX + "  disk.img", "isk.img")).isEmpty();
    }
}
