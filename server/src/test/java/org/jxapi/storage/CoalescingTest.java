package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.HandClock;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.store.H2Store;
import org.jxapi.store.Stored;
import org.jxapi.volume.Driver;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Usage;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/** The names and numbers of tasks and messages: libs/sm/cleanup.py of sm, python3/bin/perfmon of xen-api. */
class CoalescingTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock("2026-11-25T00:00:00Z");
    private H2Store store;
    private Ref<SR> sr;
    private Coalescing coalescing;
    /** The steps that the repository is still to make. */
    private final Deque<Step> steps = new ArrayDeque<>();

    private Usage space = new Usage(100 * GIB, 0);

    private interface Step {
        void run(DoubleConsumer progress) throws IOException;
    }

    @BeforeEach
    void start() {
        store = H2Store.open(folder);
        try (SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT)) {
            new FirstBoot(store, folder, clock).run(HostReader.read(xen, new SimulatedMachine(), true), true);
        }
        sr = store.snapshot().byNameLabel(SR.XEN_CLASS, "Local storage").get(0);
        Drivers drivers = new Drivers(List.of(driver()));
        store.change(drivers::publish);
        store.change(tx -> {
            for (Stored<SR> other : List.copyOf(tx.all(SR.XEN_CLASS))) {
                if (!other.ref().equals(sr)) {
                    tx.set(other.ref(), SR.OTHER_CONFIG, Map.of("gc", "false"));
                }
            }
        });
        coalescing = new Coalescing(store, drivers, clock);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    /** A driver of repositories that make the steps. */
    private Driver driver() {
        Repository repository = (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, args) -> {
                    if (method.getName().equals("usage")) {
                        return space;
                    }
                    assertThat(method.getName()).isEqualTo("coalesce");
                    Step step = steps.poll();
                    if (step != null) {
                        step.run((DoubleConsumer) args[1]);
                    }
                    return step != null;
                });
        Map<String, Object> answers = Map.of(
                "type",
                "file",
                "label",
                "",
                "description",
                "",
                "configuration",
                Map.of(),
                "features",
                List.of("VDI_CREATE"),
                "formats",
                List.of(),
                "repository",
                repository);
        return (Driver) Proxy.newProxyInstance(
                Driver.class.getClassLoader(),
                new Class<?>[] {Driver.class},
                (proxy, method, args) -> answers.get(method.getName()));
    }

    private void look() {
        clock.pass(Duration.ofMinutes(3));
        coalescing.look(Runnable::run);
    }

    private List<Row<Task>> tasks() {
        return store.snapshot().all(Task.XEN_CLASS).stream().map(Stored::row).toList();
    }

    private List<Row<Message>> messages() {
        return store.snapshot().all(Message.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(message -> message.get(Message.CLS) == Cls.SR)
                .toList();
    }

    @Test
    void mergesAreOneTaskWithProgress() {
        steps.add(progress -> {
            progress.accept(0.5);
            assertThat(tasks()).singleElement().satisfies(task -> {
                assertThat(task.get(Task.STATUS)).isEqualTo(TaskStatusType.PENDING);
                assertThat(task.get(Task.PROGRESS)).isEqualTo(0.5);
                assertThat(task.get(Task.NAME_LABEL)).isEqualTo("Garbage Collection");
                assertThat(task.get(Task.NAME_DESCRIPTION))
                        .isEqualTo(
                                "Garbage collection for SR " + store.snapshot().get(sr, SR.UUID));
                assertThat(task.get(Task.OTHER_CONFIG)).containsEntry("applies_to", sr.value());
            });
        });
        steps.add(progress -> progress.accept(0.2));
        look();
        assertThat(steps).isEmpty();
        assertThat(tasks())
                .singleElement()
                .satisfies(task -> assertThat(task.get(Task.STATUS)).isEqualTo(TaskStatusType.SUCCESS));
    }

    @Test
    void noTaskAppearsWithoutWork() {
        look();
        assertThat(tasks()).isEmpty();
    }

    @Test
    void aMergeWithoutSpaceIsReportedOnceUntilMergesWorkAgain() {
        for (int i = 0; i < 2; i++) {
            steps.add(progress -> {
                progress.accept(0.1);
                throw new FileSystemException("x.qcow2", null, "No space left on device");
            });
            look();
        }
        assertThat(tasks())
                .hasSize(2)
                .allSatisfy(task -> assertThat(task.get(Task.STATUS)).isEqualTo(TaskStatusType.FAILURE));
        assertThat(messages()).singleElement().satisfies(message -> {
            assertThat(message.get(Message.NAME)).isEqualTo("SM_GC_NO_SPACE");
            assertThat(message.get(Message.PRIORITY)).isEqualTo(3);
            assertThat(message.get(Message.OBJ_UUID)).isEqualTo(store.snapshot().get(sr, SR.UUID));
        });
        assertThat(store.snapshot().get(sr, SR.SM_CONFIG)).containsKey("gc_no_space");
        look();
        assertThat(messages()).isEmpty();
        assertThat(store.snapshot().get(sr, SR.SM_CONFIG)).doesNotContainKey("gc_no_space");
    }

    private void used(double fraction) {
        space = new Usage(100 * GIB, (long) (fraction * 100 * GIB));
        look();
        assertThat(store.snapshot().get(sr, SR.PHYSICAL_UTILISATION)).isEqualTo(space.used());
        look();
    }

    /** No operation on the repository says that guests have filled it. */
    @Test
    void spaceIsMeasuredAlsoWhereNothingIsMerged() {
        store.change(tx -> tx.set(sr, SR.OTHER_CONFIG, Map.of("gc", "false")));
        used(0.99);
        assertThat(messages()).hasSize(1);
        store.change(tx -> tx.set(sr, SR.CONTENT_TYPE, "iso"));
        look();
        assertThat(messages()).as("a share of discs").isEmpty();
    }

    @Test
    void anSrThatIsAlmostFullRaisesOneAlarmUntilThereIsSpace() {
        used(0.94);
        assertThat(messages()).isEmpty();
        used(0.96);
        used(0.97);
        used(0.92);
        used(0.96);
        assertThat(messages()).singleElement().satisfies(message -> {
            assertThat(message.get(Message.NAME)).isEqualTo("ALARM");
            assertThat(message.get(Message.PRIORITY)).isEqualTo(3);
            assertThat(message.get(Message.BODY))
                    .startsWith("value: 0.96\nconfig:\n<variable><name value=\"physical_utilisation\"/>");
        });
        coalescing = new Coalescing(store, new Drivers(List.of(driver())), clock);
        look();
        assertThat(messages()).as("after a restart").hasSize(1);
        used(0.5);
        assertThat(messages()).isEmpty();
    }
}
