package org.jxapi.usb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The devices that python3/libexec/usb_scan.py shows, of a folder with the files of a kernel. */
class LinuxUsbTest {
    @TempDir
    Path root;

    private LinuxUsb usb;

    @BeforeEach
    void begin() {
        usb = new LinuxUsb(root, root.resolve("usb-policy.conf"));
    }

    private void files(String folder, String... namesAndTexts) throws IOException {
        Path made = Files.createDirectories(root.resolve("sys/bus/usb/devices").resolve(folder));
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            Files.writeString(made.resolve(namesAndTexts[i]), namesAndTexts[i + 1] + "\n");
        }
    }

    private void device(String path, String vendor, String product, String interfaces) throws IOException {
        files(
                path,
                "idVendor",
                vendor,
                "idProduct",
                product,
                "bcdDevice",
                "0110",
                "bConfigurationValue",
                "1",
                "bNumInterfaces",
                " " + interfaces,
                "bDeviceClass",
                "00",
                "busnum",
                "4",
                "devnum",
                "7",
                "dev",
                "189:390",
                "speed",
                "480",
                "version",
                " 2.00");
    }

    private void unit(String name, String cls, String subclass, String protocol) throws IOException {
        files(name, "bInterfaceClass", cls, "bInterfaceSubClass", subclass, "bInterfaceProtocol", protocol);
    }

    private List<String> paths() throws IOException {
        return usb.devices().stream().map(UsbDevice::path).toList();
    }

    @Test
    void aDeviceHasTheNamesOfTheKernelAndUdev() throws IOException {
        device("4-1.2", "0930", "6544", "1");
        unit("4-1.2:1.0", "08", "06", "50");
        files("4-1.2", "serial", " 9875B1 ");
        Files.createDirectories(root.resolve("run/udev/data"));
        Files.writeString(
                root.resolve("run/udev/data/c189:390"),
                "I:1\nE:ID_VENDOR_FROM_DATABASE=Toshiba Corp.\nE:ID_MODEL_FROM_DATABASE=TransMemory-Mini\n");
        assertThat(usb.devices())
                .containsExactly(new UsbDevice(
                        "4-1.2", 4, 7, "0930", "Toshiba Corp.", "6544", "TransMemory-Mini", "9875B1", "2.00", 480));
        assertThat(usb.devices().get(0).description()).isEqualTo("Toshiba Corp._TransMemory-Mini_9875B1");
    }

    @Test
    void hubsKeyboardsAndUnfinishedDevicesStayWithTheHost() throws IOException {
        assertThat(paths()).isEmpty();
        device("1-1", "1d6b", "0002", "1");
        files("1-1", "bDeviceClass", "09");
        unit("1-1:1.0", "09", "00", "00");
        device("1-2", "046d", "c31c", "2");
        unit("1-2:1.0", "03", "01", "01");
        unit("1-2:1.1", "03", "00", "00");
        device("1-3", "056a", "0315", "1");
        unit("1-3:1.0", "03", "01", "02");
        device("1-4", "0781", "5583", "2");
        unit("1-4:1.0", "08", "06", "50");
        device("1-5", "0781", "5583", "1");
        assertThat(paths()).containsExactly("1-3");
    }

    @Test
    void theFirstRuleOfTheFileThatFitsCounts() throws IOException {
        device("1-2", "0781", "5583", "1");
        unit("1-2:1.0", "08", "06", "50");
        Path file = root.resolve("usb-policy.conf");
        Files.writeString(file, "# sticks\nDENY: vid=0781 PID=5583 rel=0110\nALLOW:\n");
        assertThat(paths()).isEmpty();
        Files.writeString(file, "allow : class=08 # storage\nDENY: vid=0781\n");
        assertThat(paths()).containsExactly("1-2");
        Files.writeString(file, "ALLOW: class=03\n");
        assertThat(paths()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ALLOW", "PERHAPS:", "DENY: vid=12", "DENY: class=0g", "DENY: vid=0781 vid=0781", "DENY: a=1"})
    void aRuleThatIsNoneIsRefused(String line) {
        assertThatThrownBy(() -> UsbPolicy.of(List.of(line)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("USB policy");
    }

    @Test
    void everyInterfaceMustBeAllowed() throws IOException {
        UsbPolicy policy = UsbPolicy.of(List.of("DENY: class=02", "ALLOW:"));
        Map<String, Integer> storage = Map.of("class", 8);
        assertThat(policy.allows(List.of(storage))).isTrue();
        assertThat(policy.allows(List.of(storage, Map.of("class", 2)))).isFalse();
    }
}
