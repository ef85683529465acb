package org.jxapi.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.XenModel;

/**
 * The role objects: one a role, whose subroles are its permissions, and one a permission, which is a message or a map key
 * that has a role of its own. They follow from the model, so no database has them. Reference and uuid follow from the
 * name, as in XAPI, so they are the same everywhere.
 */
final class Roles {
    /** XAPI's fixed uuid of pool-admin; every other one is the MD5 sum of the name. */
    private static final String POOL_ADMIN = "0165f154-ba3e-034e-6b27-5d271af109ba";

    private static final String CLIENT_CERT = "client-cert";
    private static final Map<BuiltInRole, String> ABOUT = Map.of(
            BuiltInRole.POOL_ADMIN, "May do everything, on the hosts too, and says who else may do what",
            BuiltInRole.POOL_OPERATOR, "Looks after hosts, storage and networks of the pool",
            BuiltInRole.VM_POWER_ADMIN, "May do everything with VMs and templates, and says where they run",
            BuiltInRole.VM_ADMIN, "Makes, changes and removes VMs and templates",
            BuiltInRole.VM_OPERATOR, "Starts, stops and uses VMs and their consoles",
            BuiltInRole.READ_ONLY, "Logs in and looks");

    private final Map<String, Ref<org.jxapi.xenapi.Role>> byName = new LinkedHashMap<>();
    private final Map<Ref<org.jxapi.xenapi.Role>, Row<org.jxapi.xenapi.Role>> rows = new LinkedHashMap<>();

    Roles() {
        Map<String, BuiltInRole> permissions = new LinkedHashMap<>();
        List<Ref<org.jxapi.xenapi.Role>> forCertificates = new ArrayList<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                permissions.put(message.fullName(), message.role());
                message.keyRoles().forEach((key, role) -> permissions.put(message.fullName() + "/key:" + key, role));
                if (message.clientCert()) {
                    forCertificates.add(ref(uuid(message.fullName())));
                }
            }
        }
        permissions.put("task.destroy/any", BuiltInRole.POOL_OPERATOR);
        for (BuiltInRole role : BuiltInRole.values()) {
            if (role != BuiltInRole.LOCAL_ROOT) {
                List<Ref<org.jxapi.xenapi.Role>> own = new ArrayList<>();
                permissions.forEach((name, needed) -> {
                    if (role.covers(needed)) {
                        own.add(ref(uuid(name)));
                    }
                });
                String uuid = role == BuiltInRole.POOL_ADMIN ? POOL_ADMIN : uuid(role.wire());
                add(uuid, role.wire(), Objects.requireNonNull(ABOUT.get(role)), own, false);
            }
        }
        add(uuid(CLIENT_CERT), CLIENT_CERT, "What a client with a certificate may do", forCertificates, true);
        permissions.forEach((name, needed) -> {
            if (needed != BuiltInRole.LOCAL_ROOT) {
                add(uuid(name), name.toLowerCase(Locale.ROOT), "A basic permission", List.of(), true);
            }
        });
    }

    private void add(
            String uuid, String name, String about, List<Ref<org.jxapi.xenapi.Role>> subroles, boolean internal) {
        Ref<org.jxapi.xenapi.Role> ref = ref(uuid);
        byName.putIfAbsent(name, ref);
        rows.put(
                ref,
                Row.of(org.jxapi.xenapi.Role.XEN_CLASS)
                        .with(org.jxapi.xenapi.Role.UUID, uuid)
                        .with(org.jxapi.xenapi.Role.NAME_LABEL, name)
                        .with(org.jxapi.xenapi.Role.NAME_DESCRIPTION, about)
                        .with(org.jxapi.xenapi.Role.SUBROLES, subroles)
                        .with(org.jxapi.xenapi.Role.IS_INTERNAL, internal));
    }

    private static Ref<org.jxapi.xenapi.Role> ref(String uuid) {
        return org.jxapi.xenapi.Role.XEN_CLASS.ref("OpaqueRef:" + uuid);
    }

    private static String uuid(String name) {
        try {
            ByteBuffer sum =
                    ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(name.getBytes(StandardCharsets.UTF_8)));
            return new UUID(sum.getLong(), sum.getLong()).toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Map<Ref<org.jxapi.xenapi.Role>, Row<org.jxapi.xenapi.Role>> all() {
        return rows;
    }

    Optional<Row<org.jxapi.xenapi.Role>> find(Ref<org.jxapi.xenapi.Role> ref) {
        return Optional.ofNullable(rows.get(ref));
    }

    Optional<Ref<org.jxapi.xenapi.Role>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
