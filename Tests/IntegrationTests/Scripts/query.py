"""usage: query.py DATABASE SQL        runs one statement and prints the first value of the first row"""
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1])
row = connection.execute(sys.argv[2]).fetchone()
connection.commit()
print("" if row is None else row[0])
