package org.jxapi.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/**
 * The role objects: one for each role, whose subroles are its permissions, and one for each permission that a role has.
 * They follow from the model, so no database has them. Reference and uuid follow from the
 * name, as in XAPI, so they are the same everywhere.
 */
final class Roles {
    /** XAPI's fixed uuid of pool-admin; every other one is the MD5 sum of the name. */
    private static final String POOL_ADMIN = "0165f154-ba3e-034e-6b27-5d271af109ba";

    private static final Map<String, String> ABOUT = Map.of(
            BuiltInRole.POOL_ADMIN.wire(),
            "May do everything, on the hosts too, and says who else may do what",
            BuiltInRole.POOL_OPERATOR.wire(),
            "Looks after hosts, storage and networks of the pool",
            BuiltInRole.VM_POWER_ADMIN.wire(),
            "May do everything with VMs and templates, and says where they run",
            BuiltInRole.VM_ADMIN.wire(),
            "Makes, changes and removes VMs and templates",
            BuiltInRole.VM_OPERATOR.wire(),
            "Starts, stops and uses VMs and their consoles",
            Permissions.CLIENT_CERT,
            "What a client with a certificate may do",
            BuiltInRole.READ_ONLY.wire(),
            "Logs in and looks");

    private final Map<String, Ref<org.jxapi.xenapi.Role>> byName = new LinkedHashMap<>();
    private final Map<Ref<org.jxapi.xenapi.Role>, Row<org.jxapi.xenapi.Role>> rows = new LinkedHashMap<>();
    private final Map<Set<Ref<org.jxapi.xenapi.Role>>, List<String>> combined = new ConcurrentHashMap<>();

    /** Made when first asked for: a start need not wait for some two thousand of them. */
    private static final class Made {
        static final Roles ROLES = new Roles();
    }

    private Roles() {
        List<Permission> held = Permissions.all().stream()
                .filter(permission -> Permissions.holds(BuiltInRole.POOL_ADMIN.wire(), permission))
                .toList();
        held.forEach(
                permission -> add(uuid(permission.name()), permission.label(), "A basic permission", List.of(), true));
        for (String role : Permissions.ROLES) {
            List<Ref<org.jxapi.xenapi.Role>> own = held.stream()
                    .filter(permission -> Permissions.holds(role, permission))
                    .map(permission -> ref(uuid(permission.name())))
                    .toList();
            boolean internal = role.equals(Permissions.CLIENT_CERT);
            String uuid = role.equals(BuiltInRole.POOL_ADMIN.wire()) ? POOL_ADMIN : uuid(role);
            add(uuid, role, Objects.requireNonNull(ABOUT.get(role)), own, internal);
        }
    }

    static Roles all() {
        return Made.ROLES;
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

    Map<Ref<org.jxapi.xenapi.Role>, Row<org.jxapi.xenapi.Role>> rows() {
        return rows;
    }

    Optional<Row<org.jxapi.xenapi.Role>> find(Ref<org.jxapi.xenapi.Role> ref) {
        return Optional.ofNullable(rows.get(ref));
    }

    Optional<Ref<org.jxapi.xenapi.Role>> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The permissions of a role; one that is a permission has itself. */
    List<Ref<org.jxapi.xenapi.Role>> permissions(Ref<org.jxapi.xenapi.Role> role) {
        List<Ref<org.jxapi.xenapi.Role>> own =
                Objects.requireNonNull(rows.get(role)).get(org.jxapi.xenapi.Role.SUBROLES);
        return own.isEmpty() ? List.of(role) : own;
    }

    /**
     * The rights of a session whose user has these roles: the names of the roles and of all their permissions. Roles that do
     * not exist give nothing.
     */
    List<String> rightsOf(Collection<Ref<org.jxapi.xenapi.Role>> roles) {
        return combined.computeIfAbsent(Set.copyOf(roles), set -> {
            Set<String> labels = new LinkedHashSet<>();
            set.stream().filter(rows::containsKey).forEach(role -> {
                labels.add(label(role));
                permissions(role).forEach(permission -> labels.add(label(permission)));
            });
            return new PermissionList(labels);
        });
    }

    String label(Ref<org.jxapi.xenapi.Role> role) {
        return Objects.requireNonNull(rows.get(role)).get(org.jxapi.xenapi.Role.NAME_LABEL);
    }
}
