package org.jxapi.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenTime;

/** Some changes to objects of all classes. They follow from the seed and from the state. */
final class RandomTransaction {
    private static final List<ClassModel<?>> CLASSES = StoreModel.CLASSES;
    private static final int CHANGES = 6;

    /** Characters that an encoding can get wrong. */
    private static final String CHARACTERS = "ab \"\\'<\0\n\u007f\u00e9\u2028\u20ac\ud83d\ude00\ud800";

    private final Random random;
    private final Transaction tx;

    private RandomTransaction(long seed, Transaction tx) {
        this.random = new Random(seed);
        this.tx = tx;
    }

    static void run(long seed, Transaction tx) {
        RandomTransaction run = new RandomTransaction(seed, tx);
        int changes = run.random.nextInt(CHANGES) + 1;
        for (int i = 0; i < changes; i++) {
            run.change(CLASSES.get(run.random.nextInt(CLASSES.size())));
        }
    }

    private <C> void change(ClassModel<C> model) {
        Optional<Stored<?>> some = anything();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> create(model.freshRef(), model);
            case 3, 4 -> some.ifPresent(this::set);
            case 5 -> some.ifPresent(stored -> tx.touch(stored.ref()));
            case 6 -> some.ifPresent(stored -> tx.destroy(stored.ref()));
            default -> some.ifPresent(this::makeAgain);
        }
    }

    private <C> void create(Ref<C> ref, ClassModel<C> model) {
        Row<C> row = Row.of(model);
        for (Field<C, ?> field : model.fields()) {
            if (!Relations.derived(field) && !field.name().equals("uuid") && random.nextInt(3) == 0) {
                row = with(row, field);
            }
        }
        tx.create(ref, row);
    }

    @SuppressWarnings("unchecked")
    private <C, T> Row<C> with(Row<C> row, Field<C, T> field) {
        return row.with(field, (T) value(field.type()));
    }

    private <C> void set(Stored<C> stored) {
        List<Field<C, ?>> fields = stored.row().model().fields().stream()
                .filter(field -> !Relations.derived(field) && !field.name().equals("uuid"))
                .toList();
        if (!fields.isEmpty()) {
            set(stored.ref(), fields.get(random.nextInt(fields.size())));
        }
    }

    @SuppressWarnings("unchecked")
    private <C, T> void set(Ref<C> ref, Field<C, T> field) {
        tx.set(ref, field, (T) value(field.type()));
    }

    private <C> void makeAgain(Stored<C> stored) {
        tx.destroy(stored.ref());
        create(stored.ref(), stored.row().model());
    }

    private Optional<Stored<?>> anything() {
        List<Stored<?>> all = new ArrayList<>();
        CLASSES.forEach(model -> all.addAll(tx.all(model)));
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    private Object value(Type type) {
        if (type instanceof Type.SetOf set) {
            List<Object> members = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                Object member = value(set.element());
                if (!members.contains(member)) {
                    members.add(member);
                }
            }
            return List.copyOf(members);
        }
        if (type instanceof Type.MapOf map) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                entries.put(value(map.key()), value(map.value()));
            }
            return entries;
        }
        if (type instanceof Type.Enumeration enumeration) {
            List<Object> values = List.copyOf(enumeration.values().values());
            return values.get(random.nextInt(values.size()));
        }
        if (type instanceof Type.Reference reference) {
            List<Stored<?>> there = List.copyOf(all(reference.className()));
            return there.isEmpty()
                    ? type.zero()
                    : there.get(random.nextInt(there.size())).ref();
        }
        return switch ((Type.Basic) type) {
            case INT -> random.nextBoolean() ? random.nextLong() : (long) random.nextInt(3);
            case FLOAT -> random.nextInt(4) == 0 ? -0.0 : random.nextGaussian() * 1e9;
            case BOOL -> random.nextBoolean();
            case DATETIME -> XenTime.of(Instant.ofEpochSecond(random.nextInt()));
            default -> text();
        };
    }

    private List<Stored<?>> all(String className) {
        ClassModel<?> model = StoreModel.get(className);
        return model == null ? List.of() : new ArrayList<>(tx.all(model));
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }
}
