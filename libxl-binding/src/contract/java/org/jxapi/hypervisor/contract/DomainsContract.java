package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.ShutdownReason;

/** Life of domains. */
interface DomainsContract extends Contract {
    default Domains domains() {
        return hypervisor().domains();
    }

    @Test
    default void aNewDomainIsThereUnderItsNameAndUuidAndPaused() {
        DomainConfig config = machine().guest(NAME + "new");
        UUID uuid = config.cInfo().uuid();

        int domid = domains().create(config);

        DomainInfo info = domains().info(domid);
        assertThat(info.domid()).isEqualTo(domid).isPositive();
        assertThat(info.uuid()).isEqualTo(uuid);
        assertThat(info.domainType()).isEqualTo(DomainKind.PV);
        assertThat(info.paused()).isTrue();
        assertThat(info.cpuTime()).isZero();
        assertThat(info.running() || info.shutdown() || info.dying()).isFalse();
        assertThat(info.shutdownReason()).isEqualTo(ShutdownReason.UNKNOWN);
        assertThat(info.cpupool()).isZero();
        assertThat(info.vcpuMaxId()).isEqualTo(1);
        assertThat(info.currentMemkb()).isPositive();
        assertThat(info.maxMemkb()).isGreaterThanOrEqualTo(config.bInfo().maxMemkb());
        assertThat(domains().name(domid)).isEqualTo(NAME + "new");
        assertThat(domains().findByName(NAME + "new")).hasValue(domid);
        assertThat(domains().findByUuid(uuid).map(DomainInfo::domid)).contains(domid);
        assertThat(domains().list())
                .extracting(DomainInfo::domid)
                .contains(Hypervisor.DOM0, domid)
                .isSorted();
    }

    @Test
    default void pausesAreCounted() {
        int domid = create("paused");
        domains().unpause(domid);
        assertThat(domains().info(domid).paused()).isFalse();

        domains().pause(domid);
        domains().pause(domid);
        domains().unpause(domid);
        assertThat(domains().info(domid).paused()).isTrue();
        assertThat(domains().info(domid).cpuTime()).isPositive();

        domains().unpause(domid);
        assertThat(domains().info(domid).paused()).isFalse();
        assertThat(Contract.errorOf(() -> domains().unpause(domid))).isEqualTo(LibxlError.FAIL);
    }

    @Test
    default void noTwoDomainsHaveOneNameOrOneUuidAndNothingIsLeftOfTheSecond() {
        DomainConfig one = machine().guest(NAME + "one");
        int domid = domains().create(one);
        int before = living().size();

        assertThat(Contract.errorOf(() -> create("one"))).isEqualTo(LibxlError.FAIL);
        DomainConfig two = one.toBuilder()
                .cInfo(one.cInfo().toBuilder().name(NAME + "two").build())
                .build();
        assertThat(Contract.errorOf(() -> domains().create(two))).isEqualTo(LibxlError.INVAL);

        eventually("nothing is left", () -> living().size() == before);
        assertThat(domains().findByName(NAME + "one")).hasValue(domid);
    }

    @Test
    default void aDomainThatIsDestroyedIsGone() {
        int domid = create("destroyed");

        domains().destroy(domid);

        eventually("it is gone", () -> Contract.errorOf(() -> domains().info(domid)) == LibxlError.DOMAIN_NOTFOUND);
        assertThat(Contract.errorOf(() -> domains().destroy(domid))).isEqualTo(LibxlError.DOMAIN_NOTFOUND);
        assertThat(domains().findByName(NAME + "destroyed")).isEmpty();
        assertThat(hypervisor().xenstore().readTree("/local/domain/" + domid)).isEmpty();
        assertThat(Contract.errorOf(() -> domains().destroy(Hypervisor.DOM0))).isEqualTo(LibxlError.INVAL);
    }

    @Test
    default void renamingAsksForTheOldNameAndForOneThatIsFree() {
        int domid = create("old");
        create("other");

        domains().rename(domid, NAME + "old", NAME + "new");
        assertThat(domains().name(domid)).isEqualTo(NAME + "new");
        assertThat(domains().findByName(NAME + "old")).isEmpty();
        assertThat(domains().config(domid).cInfo().name()).isEqualTo(NAME + "new");

        assertThat(Contract.errorOf(() -> domains().rename(domid, NAME + "old", NAME + "newer")))
                .isEqualTo(LibxlError.FAIL);
        assertThat(Contract.errorOf(() -> domains().rename(domid, NAME + "new", NAME + "other")))
                .isEqualTo(LibxlError.INVAL);
        domains().rename(domid, NAME + "new", NAME + "new");
        assertThat(domains().name(domid)).isEqualTo(NAME + "new");
    }

    @Test
    default void theConfigurationIsWhatTheDomainWasCreatedFrom() {
        DomainConfig config = machine().guest(NAME + "configured").toBuilder()
                .disks(List.of(machine().disk("xvda")))
                .nics(List.of(machine().nic()))
                .build();
        int domid = domains().create(config);

        DomainConfig read = domains().config(domid);

        assertThat(read.cInfo().name()).isEqualTo(NAME + "configured");
        assertThat(read.cInfo().uuid()).isEqualTo(config.cInfo().uuid());
        assertThat(read.cInfo().type()).isEqualTo(DomainKind.PV);
        assertThat(read.bInfo().kernel()).isEqualTo(config.bInfo().kernel());
        assertThat(read.bInfo().maxVcpus()).isEqualTo(2);
        assertThat(read.bInfo().maxMemkb()).isEqualTo(config.bInfo().maxMemkb());
        assertThat(read.disks()).hasSize(1);
        assertThat(read.disks().get(0).pdevPath())
                .isEqualTo(config.disks().get(0).pdevPath());
        assertThat(read.nics()).hasSize(1);
        assertThat(read.nics().get(0).mac()).isEqualTo(config.nics().get(0).mac());
    }

    @Test
    default void aGuestThatIsAskedToPowerOffOrRebootSaysWhyItStopped() {
        for (ShutdownReason asked : List.of(ShutdownReason.POWEROFF, ShutdownReason.REBOOT)) {
            int domid = boot("asked");
            if (asked == ShutdownReason.POWEROFF) {
                domains().shutdown(domid);
            } else {
                domains().reboot(domid);
            }
            eventually("it stops", () -> domains().info(domid).shutdown());
            DomainInfo info = domains().info(domid);
            assertThat(info.shutdownReason()).isEqualTo(asked);
            assertThat(info.running() || info.paused()).isFalse();
            domains().destroy(domid);
        }
    }

    @Test
    default void whoAsksAGuestThatDoesNotListenWaitsAndCanBeInterrupted() throws Exception {
        int domid = create("deaf");
        CompletableFuture<LibxlError> answer = new CompletableFuture<>();
        Thread asking = new Thread(
                () -> answer.complete(Contract.errorOf(() -> domains().shutdown(domid))));
        asking.start();
        eventually(
                "the request is there",
                () -> hypervisor()
                        .xenstore()
                        .read("/local/domain/" + domid + "/control/shutdown")
                        .equals(Optional.of("poweroff")));
        assertThat(answer).isNotDone();

        asking.interrupt();

        asking.join(machine().patience().toMillis());
        assertThat(answer).isCompletedWithValue(LibxlError.ABORTED);
        assertThat(domains().info(domid).shutdown()).isFalse();
    }

    @Test
    default void aSavedGuestGoesOnWhereItWas(@TempDir Path folder) {
        DomainConfig config = machine().guest(NAME + "saved");
        int domid = boot(config);
        Path file = folder.resolve("image");

        domains().suspend(domid, file, false);

        DomainInfo info = domains().info(domid);
        assertThat(info.shutdown()).isTrue();
        assertThat(info.shutdownReason()).isEqualTo(ShutdownReason.SUSPEND);
        assertThat(file).isNotEmptyFile();
        domains().destroy(domid);

        int restored = domains().restore(config, file);
        assertThat(restored).isNotEqualTo(domid);
        assertThat(domains().info(restored).paused()).isTrue();
        assertThat(domains().info(restored).cpuTime()).isZero();
        assertThat(domains().info(restored).uuid()).isEqualTo(config.cInfo().uuid());
        domains().unpause(restored);
        eventually("the guest listens", () -> machine().listens(restored));
    }

    @Test
    default void aGuestGoesOnWhenAStreamBringsIt() throws Exception {
        DomainConfig config = machine().guest(NAME + "sent");
        int domid = boot(config);
        DomainConfig there = config.toBuilder()
                .cInfo(config.cInfo().toBuilder()
                        .name(NAME + "received")
                        .uuid(UUID.randomUUID())
                        .build())
                .build();
        int received;
        try (PipedInputStream in = new PipedInputStream(1 << 20);
                PipedOutputStream out = new PipedOutputStream(in)) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try (out) {
                    domains().send(domid, out, true);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            received = domains().receive(there, in);
            sent.join();
        }

        assertThat(domains().info(domid).shutdownReason()).isEqualTo(ShutdownReason.SUSPEND);
        assertThat(domains().info(received).paused()).isTrue();
        domains().destroy(domid);
        domains().unpause(received);
        eventually("the guest listens", () -> machine().listens(received));
    }

    @Test
    default void aStreamThatIsCutOffIsRefusedAndLeavesNoDomain() {
        DomainConfig config = machine().guest(NAME + "cut-stream");
        int domid = boot(config);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        domains().send(domid, whole, false);
        domains().destroy(domid);
        int before = living().size();
        for (int length : new int[] {whole.size() / 2, 12, 0}) {
            assertThat(Contract.errorOf(
                            () -> domains().receive(config, new ByteArrayInputStream(whole.toByteArray(), 0, length))))
                    .isEqualTo(LibxlError.FAIL);
            eventually("nothing is left", () -> living().size() == before);
        }
    }

    @Test
    default void aStreamThatCannotBeWrittenEndsNoGuest() {
        int domid = boot("unsent");
        OutputStream full = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("full");
            }
        };
        assertThat(Contract.errorOf(() -> domains().send(domid, full, true))).isEqualTo(LibxlError.FAIL);
        if (domains().info(domid).shutdown()) {
            domains().resume(domid, true);
        }
        assertThat(domains().info(domid).shutdown()).isFalse();
    }

    @Test
    default void aSaveFileThatIsNoneIsRefusedAndLeavesNoDomain(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("image"), "nothing that was saved");
        int before = living().size();

        assertThat(Contract.errorOf(() -> domains().restore(machine().guest(NAME + "bad"), file)))
                .isEqualTo(LibxlError.FAIL);
        assertThat(Contract.errorOf(() -> domains().restore(machine().guest(NAME + "bad"), folder.resolve("absent"))))
                .isEqualTo(LibxlError.FAIL);
        eventually("nothing is left", () -> living().size() == before);
    }

    @Test
    default void aSaveFileThatIsCutOffIsRefusedAndLeavesNoDomain(@TempDir Path folder) throws Exception {
        DomainConfig config = machine().guest(NAME + "cut");
        int domid = boot(config);
        Path file = folder.resolve("image");
        domains().suspend(domid, file, false);
        domains().destroy(domid);
        int before = living().size();
        long whole = Files.size(file);

        // libxl does without the end of its own part: the guest is whole then.
        for (long length : new long[] {Math.max(whole - 100, 70), whole / 2, 60, 20, 12, 0}) {
            try (FileChannel image = FileChannel.open(file, StandardOpenOption.WRITE)) {
                image.truncate(length);
            }
            assertThat(Contract.errorOf(() -> domains().restore(config, file)))
                    .as("an image of %d of %d bytes", length, whole)
                    .isEqualTo(LibxlError.FAIL);
            eventually("nothing is left", () -> living().size() == before);
        }
    }

    @Test
    default void severalCallsAtOnceDoNotDisturbEachOther() {
        List<CompletableFuture<Integer>> calls = IntStream.range(0, 3)
                .mapToObj(n -> CompletableFuture.supplyAsync(() -> {
                    int domid = create("at-once-" + n);
                    domains().unpause(domid);
                    domains().pause(domid);
                    assertThat(domains().name(domid)).isEqualTo(NAME + "at-once-" + n);
                    assertThat(domains().config(domid).cInfo().name()).isEqualTo(NAME + "at-once-" + n);
                    assertThat(hypervisor().host().physInfo().nrCpus()).isPositive();
                    return domid;
                }))
                .toList();

        List<Integer> domids = calls.stream().map(CompletableFuture::join).toList();

        assertThat(domids).doesNotHaveDuplicates();
        assertThat(domains().list()).extracting(DomainInfo::domid).containsAll(domids);
    }
}
