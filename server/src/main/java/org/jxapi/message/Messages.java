package org.jxapi.message;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.PVSProxy;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMPP;
import org.jxapi.xenapi.VMSS;

/** Messages for people: what happened to an object. They are rows that never change, and only the newest are kept. */
public final class Messages {
    /** XAPI's limit. */
    private static final int MAX = 10_000;

    private Messages() {}

    /** Writes a message about an object that must be there; UUID_INVALID when it is not. */
    static Ref<Message> create(
            Transaction tx, Clock clock, String name, long priority, Cls cls, String objUuid, String body) {
        check(tx, cls, objUuid);
        return write(tx, clock, name, priority, cls, objUuid, body);
    }

    /** Writes a message about an object. */
    public static Ref<Message> write(
            Transaction tx, Clock clock, String name, long priority, Cls cls, String objUuid, String body) {
        return tx.create(Row.of(Message.XEN_CLASS)
                .with(Message.NAME, name)
                .with(Message.PRIORITY, priority)
                .with(Message.CLS, cls)
                .with(Message.OBJ_UUID, objUuid)
                .with(Message.TIMESTAMP, XenTime.of(clock.instant()))
                .with(Message.BODY, body));
    }

    static void check(Snapshot snapshot, Cls cls, String objUuid) {
        if (!exists(snapshot, cls, objUuid)) {
            throw Errors.uuidInvalid(cls.wire(), objUuid);
        }
    }

    /** The class of that name, in whichever case. */
    public static Optional<Cls> cls(String name) {
        return Stream.of(Cls.values())
                .filter(cls -> cls.wire().equalsIgnoreCase(name))
                .findFirst();
    }

    /** Whether there is such an object. */
    public static boolean exists(Snapshot snapshot, Cls cls, String objUuid) {
        return snapshot.byUuid(model(cls), objUuid).isPresent();
    }

    private static ClassModel<?> model(Cls cls) {
        return switch (cls) {
            case VM -> VM.XEN_CLASS;
            case HOST -> Host.XEN_CLASS;
            case SR -> SR.XEN_CLASS;
            case POOL -> Pool.XEN_CLASS;
            case VMPP -> VMPP.XEN_CLASS;
            case VMSS -> VMSS.XEN_CLASS;
            case PVS_PROXY -> PVSProxy.XEN_CLASS;
            case VDI -> VDI.XEN_CLASS;
            case CERTIFICATE -> Certificate.XEN_CLASS;
        };
    }

    /** Destroys the oldest messages beyond the limit. */
    public static void destroyOld(Store store) {
        if (store.snapshot().count(Message.XEN_CLASS) > MAX) {
            store.change(tx -> {
                List<Stored<Message>> all = new ArrayList<>(tx.all(Message.XEN_CLASS));
                all.sort(Comparator.comparing(Stored::created));
                all.subList(0, Math.max(0, all.size() - MAX)).forEach(m -> tx.destroy(m.ref()));
            });
        }
    }
}
