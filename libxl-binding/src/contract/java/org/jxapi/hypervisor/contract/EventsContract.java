package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorEvent.DomainDeath;
import org.jxapi.hypervisor.HypervisorEvent.DomainShutdown;
import org.jxapi.hypervisor.ShutdownReason;
import org.jxapi.hypervisor.Subscription;

/** The events of domains. */
interface EventsContract extends Contract {
    /** Returns the events of one domain. The deaths of earlier ones may still come. */
    private static List<HypervisorEvent> of(List<HypervisorEvent> told, int domid) {
        return told.stream().filter(event -> event.domid() == domid).toList();
    }

    @Test
    default void theEndOfAGuestIsToldWithItsReasonAndThenItsDeath() {
        for (ShutdownReason reason : List.of(ShutdownReason.POWEROFF, ShutdownReason.CRASH)) {
            List<HypervisorEvent> told = new CopyOnWriteArrayList<>();
            try (Subscription subscription = hypervisor().events().subscribe(told::add)) {
                int domid = machine().runUntil(NAME + "ends", reason);
                UUID uuid = hypervisor().domains().info(domid).uuid();
                eventually("its end is reported", () -> !of(told, domid).isEmpty());
                assertThat(hypervisor().domains().info(domid).shutdownReason()).isEqualTo(reason);

                hypervisor().domains().destroy(domid);

                eventually("its death is reported", () -> of(told, domid).size() > 1);
                assertThat(of(told, domid))
                        .containsExactly(new DomainShutdown(domid, uuid, reason), new DomainDeath(domid, uuid));
            }
        }
    }

    @Test
    default void aDomainThatIsDestroyedBeforeItsEndOnlyDies() {
        List<HypervisorEvent> told = new CopyOnWriteArrayList<>();
        try (Subscription subscription = hypervisor().events().subscribe(told::add)) {
            int domid = create("dies");
            UUID uuid = hypervisor().domains().info(domid).uuid();

            hypervisor().domains().destroy(domid);

            eventually("its death is reported", () -> !of(told, domid).isEmpty());
            assertThat(of(told, domid)).containsExactly(new DomainDeath(domid, uuid));
        }
    }

    @Test
    default void whoHasUnsubscribedIsToldNothing() {
        List<HypervisorEvent> first = new CopyOnWriteArrayList<>();
        List<HypervisorEvent> second = new CopyOnWriteArrayList<>();
        Subscription ended = hypervisor().events().subscribe(first::add);
        try (Subscription subscription = hypervisor().events().subscribe(second::add)) {
            ended.close();
            int domid = create("unheard");

            hypervisor().domains().destroy(domid);

            eventually("the other gets the event", () -> !of(second, domid).isEmpty());
            assertThat(of(first, domid)).isEmpty();
        }
    }
}
