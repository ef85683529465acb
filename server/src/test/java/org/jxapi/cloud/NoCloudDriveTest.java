package org.jxapi.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The NoCloud drive, against cloud-init's documentation (reference/datasources/nocloud). */
class NoCloudDriveTest {
    private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@\"home\"";

    @Test
    void theDriveHasTheFilesThatCloudInitReads() {
        byte[] image = new NoCloudDrive("#cloud-config\npackages: [nginx]\n", List.of(KEY), Optional.of("version: 2\n"))
                .image("5f4e9b0c", "Web 1");
        assertThat(IsoReader.label(image)).isEqualTo("cidata");
        Map<String, String> files = IsoReader.files(image);
        assertThat(files)
                .containsOnlyKeys("meta-data", "user-data", "network-config")
                .containsEntry("user-data", "#cloud-config\npackages: [nginx]\n")
                .containsEntry("network-config", "version: 2\n")
                .containsEntry(
                        "meta-data",
                        "instance-id: \"5f4e9b0c\"\nlocal-hostname: \"web-1\"\npublic-keys:\n"
                                + "  - \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@\\\"home\\\"\"\n");
    }

    /** Without user data, cloud-init would not take the drive for one of its own. */
    @Test
    void aDriveWithoutUserDataHasAnEmptyCloudConfig() {
        Map<String, String> files =
                IsoReader.files(new NoCloudDrive("", List.of(), Optional.empty()).image("1", "\u00fc\u00df"));
        assertThat(files)
                .containsEntry("user-data", "#cloud-config\n{}\n")
                .containsEntry("meta-data", "instance-id: \"1\"\n")
                .hasSize(2);
    }

    @Test
    void longFilesComeOutWhole() {
        String script = "#!/bin/sh\n" + "echo hello\n".repeat(5000);
        assertThat(IsoReader.files(new NoCloudDrive(script, List.of(), Optional.empty()).image("1", "a")))
                .containsEntry("user-data", script);
    }

    @Test
    void hostNamesHaveOnlyWhatHostNamesMayHave() {
        assertThat(NoCloudDrive.hostName("My (new) VM!")).isEqualTo("my-new-vm");
        assertThat(NoCloudDrive.hostName("x".repeat(62) + " y")).hasSize(62);
        assertThat(NoCloudDrive.hostName("--")).isEmpty();
    }

    @Test
    void keysAreReadFromAFileOfPublicKeys() {
        assertThat(NoCloudDrive.keys("# mine\n" + KEY + "\n\nssh-rsa B c\n")).containsExactly(KEY, "ssh-rsa B c");
        assertThatThrownBy(() -> NoCloudDrive.keys("\n")).hasMessageContaining("no public key");
        assertThatThrownBy(() -> NoCloudDrive.keys("-----BEGIN OPENSSH PRIVATE KEY-----\n"))
                .hasMessageContaining(".pub");
    }

    @Test
    void userDataThatCloudInitWouldIgnoreIsFound() {
        assertThat(NoCloudDrive.fault("packages: [nginx]\n")).isPresent();
        assertThat(NoCloudDrive.fault("#cloud-config\n")).isEmpty();
        assertThat(NoCloudDrive.fault("#!/bin/sh\n")).isEmpty();
    }
}
