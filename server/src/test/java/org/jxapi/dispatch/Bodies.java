package org.jxapi.dispatch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jxapi.host.Features;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/**
 * The abilities of the compiled code of a message: whether it can return at all, and whether it can do anything but
 * read. To set a field or take a lock counts as doing something. It follows calls into classes of jxapi as they are
 * written, not as they may be overridden.
 */
final class Bodies {
    private static final String OURS = "org/jxapi/";
    /** The only calls of these interfaces that do more than read. */
    private static final Set<String> CHANGING = Set.of("transact", "change", "insist", "addDerivation", "deriveAll");

    private static final Set<String> READ_ONLY =
            Set.of("org/jxapi/store/Store", "org/jxapi/store/Snapshot", "org/jxapi/dispatch/Call");

    private final Map<String, ClassNode> classes = new HashMap<>();
    private final Map<String, Boolean> returning = new HashMap<>();
    private final Map<String, Boolean> acting = new HashMap<>();

    /** Whether a method can end without an exception. */
    boolean returns(Class<?> type, String name, String descriptor) {
        return returns(find(name(type), name, descriptor).orElseThrow(), name(type));
    }

    /** Whether a method can do anything that outlasts it. */
    boolean acts(Class<?> type, String name, String descriptor) {
        return acts(find(name(type), name, descriptor).orElseThrow(), name(type));
    }

    private static String name(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    private boolean returns(MethodNode method, String owner) {
        String key = owner + "." + method.name + method.desc;
        Boolean known = returning.get(key);
        if (known == null) {
            returning.put(key, true);
            known = reachable(method).stream()
                    .anyMatch(i -> i.getOpcode() >= Opcodes.IRETURN && i.getOpcode() <= Opcodes.RETURN);
            returning.put(key, known);
        }
        return known;
    }

    private boolean acts(MethodNode method, String owner) {
        String key = owner + "." + method.name + method.desc;
        Boolean known = acting.get(key);
        if (known == null) {
            acting.put(key, false);
            known = (method.access & Opcodes.ACC_SYNCHRONIZED) != 0
                    || reachable(method).stream().anyMatch(this::acts);
            acting.put(key, known);
        }
        return known;
    }

    private boolean acts(AbstractInsnNode instruction) {
        if (instruction.getOpcode() == Opcodes.PUTFIELD || instruction.getOpcode() == Opcodes.MONITORENTER) {
            return true;
        }
        if (instruction instanceof MethodInsnNode call) {
            return acts(call.owner, call.name, call.desc);
        }
        if (instruction instanceof InvokeDynamicInsnNode dynamic) {
            for (Object argument : dynamic.bsmArgs) {
                if (argument instanceof Handle handle && acts(handle.getOwner(), handle.getName(), handle.getDesc())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean acts(String owner, String name, String descriptor) {
        if (owner.startsWith("java/lang/") || owner.startsWith("java/util/")) {
            return name.equals("gc") || owner.startsWith("java/util/concurrent/");
        }
        if (READ_ONLY.contains(owner)) {
            return CHANGING.contains(name);
        }
        if (!owner.startsWith(OURS)) {
            return true;
        }
        Optional<MethodNode> method = find(owner, name, descriptor);
        boolean interfaces = method.isEmpty() || (method.get().access & Opcodes.ACC_ABSTRACT) != 0;
        return interfaces ? !owner.contains("/datamodel/") : acts(method.get(), owner);
    }

    /** The instructions that can be reached, given that calls of methods that never return do not. */
    private Set<AbstractInsnNode> reachable(MethodNode method) {
        Set<AbstractInsnNode> seen = new HashSet<>();
        Deque<AbstractInsnNode> open = new ArrayDeque<>();
        open.add(method.instructions.getFirst());
        while (!open.isEmpty()) {
            AbstractInsnNode at = open.pop();
            if (!seen.add(at)) {
                continue;
            }
            for (TryCatchBlockNode block : method.tryCatchBlocks) {
                if (within(method, at, block)) {
                    open.add(block.handler);
                }
            }
            if (!ends(at)) {
                follow(at, open);
            }
        }
        return seen;
    }

    private static boolean within(MethodNode method, AbstractInsnNode at, TryCatchBlockNode block) {
        int index = method.instructions.indexOf(at);
        return index >= method.instructions.indexOf(block.start) && index < method.instructions.indexOf(block.end);
    }

    private static void follow(AbstractInsnNode at, Deque<AbstractInsnNode> open) {
        if (at instanceof JumpInsnNode jump) {
            open.add(jump.label);
            if (at.getOpcode() == Opcodes.GOTO) {
                return;
            }
        }
        LabelNode other = null;
        if (at instanceof TableSwitchInsnNode table) {
            open.addAll(table.labels);
            other = table.dflt;
        } else if (at instanceof LookupSwitchInsnNode lookup) {
            open.addAll(lookup.labels);
            other = lookup.dflt;
        }
        AbstractInsnNode next = other == null ? at.getNext() : other;
        if (next != null) {
            open.add(next);
        }
    }

    /** Whether nothing comes after the instruction. */
    private boolean ends(AbstractInsnNode at) {
        int code = at.getOpcode();
        if (code == Opcodes.ATHROW || code >= Opcodes.IRETURN && code <= Opcodes.RETURN) {
            return true;
        }
        if (!(at instanceof MethodInsnNode call) || !call.owner.startsWith(OURS)) {
            return false;
        }
        if (call.owner.equals(name(Features.class)) && call.name.equals("check")) {
            return at.getPrevious() instanceof FieldInsnNode feature
                    && !Features.valueOf(feature.name).offered();
        }
        Optional<MethodNode> method = find(call.owner, call.name, call.desc);
        return method.isPresent()
                && (method.get().access & Opcodes.ACC_ABSTRACT) == 0
                && !returns(method.get(), call.owner);
    }

    private Optional<MethodNode> find(String owner, String name, String descriptor) {
        for (String at = owner; at != null && at.startsWith(OURS); at = read(at).superName) {
            for (MethodNode method : read(at).methods) {
                if (method.name.equals(name) && method.desc.equals(descriptor)) {
                    return Optional.of(method);
                }
            }
        }
        return Optional.empty();
    }

    private ClassNode read(String owner) {
        return classes.computeIfAbsent(owner, o -> {
            ClassNode node = new ClassNode();
            try (InputStream in = Bodies.class.getResourceAsStream("/" + o + ".class")) {
                new ClassReader(in).accept(node, ClassReader.SKIP_DEBUG);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return node;
        });
    }
}
