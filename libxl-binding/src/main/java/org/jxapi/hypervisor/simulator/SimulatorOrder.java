package org.jxapi.hypervisor.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * An order for a simulated machine. The simulator refuses an unknown one, so that a typing error in a test does not
 * pass for a fault that the client survived.
 *
 * <ul>
 *   <li>{@code {"domain": 3, "guest": "power-off"}}: a guest does something on its own: {@code power-off}, {@code reboot},
 *       {@code crash}, {@code hang} or {@code unload-drivers};
 *   <li>{@code {"domain": 3, "xenstore": {"attr/vif/0/ipv4/0": "10.0.0.7"}}}: a guest's agent writes, or removes with
 *       {@code null}, where xenstore lets it;
 *   <li>{@code {"domain": 3, "clock": 3600}}: a guest sets its emulated clock, so many seconds from the host's;
 *   <li>{@code {"create": {"cInfo": {"type": "PV", "name": "web", "uuid": "..."}, "bInfo": {...}, "disks": [...]}}}: another
 *       tool creates a domain of that {@link DomainConfig};
 *   <li>{@code {"domain": 3, "load": {"cpu": 0.8, "disk_read": 1000000}}}: a guest has more to do than an idle one;
 *   <li>{@code {"link": "eth0", "carrier": false}}: a physical network interface loses its connection, or has it again;
 *   <li>{@code {"usb": "1-2", "plugged": false}}: a USB device is pulled out of a port, or another one is plugged in, with
 *       the keys vendor_id, product_id, vendor, product, serial, version and speed;
 *   <li>{@code {"operation": "create", "fault": "fail", "error": "NOMEM"}}: the next call of that operation goes wrong:
 *       {@code fail} at once, {@code die} midway, {@code hang} until {@code {"release": "create"}}, or {@code slow}. The keys
 *       vm, times, probability and delay_ms say when;
 *   <li>{@code {"clear": "faults"}}: no more faults.
 * </ul>
 *
 * <p>{@code "vm": UUID} can take the place of {@code "domain"}.
 */
final class SimulatorOrder {
    /** More than any simulated machine can do, in bytes a second. */
    private static final long FASTEST = 1L << 40;

    private static final Map<String, Consumer<Guest>> ACTIONS = new LinkedHashMap<>();
    private static final String STEP = "(?!\\.+(?:/|$))[A-Za-z0-9_@:+.-]+";
    private static final Pattern PATH = Pattern.compile(STEP + "(?:/" + STEP + ")*");

    static {
        ACTIONS.put("power-off", Guest::powerOff);
        ACTIONS.put("reboot", Guest::reboot);
        ACTIONS.put("crash", Guest::crash);
        ACTIONS.put("hang", Guest::hang);
        ACTIONS.put("unload-drivers", Guest::unloadDrivers);
    }

    private final OrderFields fields;

    private SimulatorOrder(OrderFields fields) {
        this.fields = fields;
    }

    /** Reads an order; IllegalArgumentException when it is not JSON, or no order. */
    static SimulatorOrder of(String text) {
        return new SimulatorOrder(OrderFields.of(text));
    }

    /** Carries it out; IllegalArgumentException when something in it is not known, and then nothing has happened. */
    void obey(SimulatorState state, Domains domains) {
        if (fields.has("create")) {
            fields.only("create");
            domains.create(config(), false);
        } else if (fields.has("guest")) {
            fields.only("domain", "vm", "guest");
            Consumer<Guest> action = fields.known("guest", "action of a guest", ACTIONS);
            action.accept(new Guest(state, domain(state)));
        } else if (fields.has("xenstore")) {
            fields.only("domain", "vm", "xenstore");
            write(state);
        } else if (fields.has("clock")) {
            fields.only("domain", "vm", "clock");
            new Guest(state, domain(state)).setClock(fields.integer("clock"));
        } else if (fields.has("load")) {
            fields.only("domain", "vm", "load");
            load(state);
        } else if (fields.has("link")) {
            fields.only("link", "carrier");
            link(state);
        } else if (fields.has("usb")) {
            fields.only("usb", "plugged", "vendor_id", "product_id", "vendor", "product", "serial", "version", "speed");
            usb(state);
        } else if (fields.has("release")) {
            fields.only("release");
            state.faults.release(fields.text("release"));
        } else if (fields.has("clear")) {
            fields.only("clear");
            fields.known("clear", "thing to clear", Map.of("faults", state.faults))
                    .clear();
        } else if (fields.has("fault")) {
            fields.only("operation", "fault", "error", "vm", "times", "probability", "delay_ms");
            UUID domain = fields.has("vm") ? fields.uuid("vm") : null;
            state.faults.inject(new Faults.Aimed(fields.text("operation"), fault(), domain), fields.terms());
        } else {
            throw new IllegalArgumentException("it orders nothing: create, guest, xenstore, clock, load, link, usb,"
                    + " fault, release or clear is missing");
        }
    }

    private DomainConfig config() {
        try {
            return DomainFiles.JSON.treeToValue(fields.json().get("create"), DomainConfig.class);
        } catch (JsonProcessingException | RuntimeException e) {
            throw new IllegalArgumentException("create is no configuration of a domain: " + e.getMessage(), e);
        }
    }

    private int domain(SimulatorState state) {
        if (fields.has("domain") == fields.has("vm")) {
            throw new IllegalArgumentException("either domain or vm must be given");
        }
        if (fields.has("domain")) {
            return state.domain((int) fields.integer("domain", 0, Integer.MAX_VALUE, 0)).domid;
        }
        UUID uuid = fields.uuid("vm");
        return state.all().stream()
                .filter(domain -> domain.uuid().equals(uuid) && domain.shutdown == null)
                .mapToInt(domain -> domain.domid)
                .findFirst()
                .orElseThrow(() ->
                        new HypervisorException(LibxlError.DOMAIN_NOTFOUND, "there is no domain of the VM " + uuid));
    }

    private void write(SimulatorState state) {
        JsonNode entries = fields.at("xenstore").json();
        List<String> wrong = new ArrayList<>();
        entries.fields().forEachRemaining(entry -> {
            if (!PATH.matcher(entry.getKey()).matches() || entry.getValue().isContainerNode()) {
                wrong.add(entry.getKey());
            }
        });
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(
                    "no path of xenstore below the domain's own, or no plain value: " + String.join(", ", wrong));
        }
        Map<String, @Nullable String> keys = new LinkedHashMap<>();
        entries.fields().forEachRemaining(entry -> {
            JsonNode value = entry.getValue();
            keys.put(entry.getKey(), value.isNull() ? null : value.asText());
        });
        new Guest(state, domain(state)).tell(keys);
    }

    private void load(SimulatorState state) {
        OrderFields load = fields.at("load");
        load.only("cpu", "disk_read", "disk_write", "network_receive", "network_send");
        int domid = domain(state);
        new Guest(state, domid)
                .work(new GuestLoad.Rates(
                        load.decimal("cpu", 0, 1, 0) * state.domain(domid).vcpus(),
                        load.integer("disk_read", 0, FASTEST, 0),
                        load.integer("disk_write", 0, FASTEST, 0),
                        load.integer("network_receive", 0, FASTEST, 0),
                        load.integer("network_send", 0, FASTEST, 0)));
    }

    private void link(SimulatorState state) {
        String nic = fields.text("link");
        if (!state.settings.nics().contains(nic)) {
            throw new IllegalArgumentException(
                    "unknown interface " + nic + "; known are " + String.join(", ", state.settings.nics()));
        }
        if (fields.yes("carrier")) {
            state.unplugged.remove(nic);
        } else {
            state.unplugged.add(nic);
        }
    }

    private void usb(SimulatorState state) {
        String path = fields.text("usb");
        if (!fields.yes("plugged")) {
            fields.only("usb", "plugged");
            if (!state.usb.pull(path)) {
                throw new IllegalArgumentException("no USB device is plugged into " + path);
            }
            return;
        }
        if (!path.matches(SimulatedUsbDevice.PATH)) {
            throw new IllegalArgumentException("usb must be a port such as 1-2, not " + path);
        }
        if (state.usb.all().stream().anyMatch(device -> device.path().equals(path))) {
            throw new IllegalArgumentException("another USB device is plugged into " + path);
        }
        state.usb.plug(new SimulatedUsbDevice(
                path,
                0,
                identifier("vendor_id"),
                fields.has("vendor") ? fields.text("vendor") : "",
                identifier("product_id"),
                fields.has("product") ? fields.text("product") : "",
                fields.has("serial") ? fields.text("serial") : "",
                fields.has("version") ? fields.text("version") : "2.00",
                (int) fields.integer("speed", 1, 20_000, 480)));
    }

    private String identifier(String key) {
        String value = fields.text(key);
        if (!value.matches(SimulatedUsbDevice.ID)) {
            throw new IllegalArgumentException(key + " must be four hexadecimal digits, not " + value);
        }
        return value;
    }

    private Faults.Fault fault() {
        Map<String, LibxlError> errors = new LinkedHashMap<>();
        for (LibxlError error : LibxlError.values()) {
            errors.put(error.name(), error);
        }
        LibxlError error = fields.has("error") ? fields.known("error", "error of libxl", errors) : LibxlError.FAIL;
        Map<String, Faults.Fault> faults = new LinkedHashMap<>();
        faults.put("fail", new Faults.Fault.Fail(error));
        faults.put("die", new Faults.Fault.Die(error));
        faults.put("hang", new Faults.Fault.Hang(new CountDownLatch(1)));
        faults.put("slow", new Faults.Fault.Slow());
        return fields.known("fault", "fault", faults);
    }
}
