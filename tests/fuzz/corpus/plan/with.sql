INSERT INTO default_catalog.default_database.o SELECT default_database.s.k FROM default_catalog.default_database.s;
